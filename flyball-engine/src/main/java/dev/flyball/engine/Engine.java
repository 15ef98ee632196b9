package dev.flyball.engine;

import dev.flyball.engine.adapter.Adapters;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.dialect.ChatDialect;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.engine.template.ChatTemplate;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.vision.ImageEncoder;
import dev.flyball.units.TokenIds;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One loaded model that answers many requests at once. Thread-safe. */
public interface Engine extends AutoCloseable {
  /** What was loaded. */
  ModelInfo info();

  Tokenizer tokenizer();

  /** The model's chat template, or nothing where the file has none (a base model). */
  Optional<ChatTemplate> chatTemplate();

  /**
   * How the model marks thoughts and calls of tools in its answers, found from the chat template.
   */
  default Optional<ChatDialect> chatDialect() {
    return chatTemplate().map(ChatTemplate::source).map(ChatDialect::of);
  }

  /**
   * Asks for a generation. A request that cannot be taken is refused at once, as a value; an
   * accepted one reports to the listener until {@link GenerationListener#onEnd} or {@link
   * GenerationListener#onFailure}, exactly one of which is called, once and last.
   *
   * @throws EngineException with {@link EngineError#CLOSED} after {@link #close()}
   */
  Submission submit(GenerationRequest request, GenerationListener listener);

  /**
   * Makes ready what generations under a grammar need, so that {@link #submit} does not wait for
   * it: the first grammar of a large vocabulary takes a second or so. Blocks; not needed for
   * correctness.
   */
  default void prepare(Grammar grammar) {}

  /**
   * The pooled, not normalised, vector of a text, pooled as the model says (mean, last or cls; mean
   * where it says nothing). Cancelling the future stops the work. Fails with {@link
   * EngineException}: INVALID_INPUT, QUEUE_FULL, CLOSED, INTERNAL.
   */
  CompletableFuture<float[]> embed(TokenIds tokens);

  /** The tokens of a query and a document, as the model is to read them for {@link #rank}. */
  default TokenIds rankingPrompt(String query, String document) {
    return tokenizer().encodePair(query, document);
  }

  /**
   * How relevant a document is to a query: the model's score, larger is more relevant, which is a
   * probability or any number, as the model has it. Otherwise as {@link #embed}; INVALID_INPUT also
   * where the model cannot rank.
   *
   * @param prompt what {@link #rankingPrompt} gives
   */
  CompletableFuture<Float> rank(TokenIds prompt);

  /**
   * How the keys and values of a request would be kept; {@link #submit} decides the same way.
   *
   * @param wish what the request asks for
   * @param promptTokens of its prompt
   */
  CacheChoice cacheFor(CacheType wish, int promptTokens);

  /**
   * Computes a prefix that prompts of everybody may begin with, and keeps it in the cache's usual
   * storage for as long as the engine lives: in whole blocks, and as far as all that is pinned
   * stays within a quarter of the cache.
   *
   * @return tokens that are kept, once they are; fails with {@link EngineException}: INVALID_INPUT
   *     where the prefix was refused, CLOSED, INTERNAL
   */
  CompletableFuture<Integer> pin(TokenIds prefix);

  /** The adapters that requests may ask for. */
  default Adapters adapters() {
    return Adapters.NONE;
  }

  /** What makes input of images, where the model has it. */
  default Optional<ImageEncoder> images() {
    return Optional.empty();
  }

  /** Load at this moment. */
  EngineLoad load();

  /**
   * Refuses new requests, ends running ones with {@link FinishReason#CANCELLED}, and frees the
   * model.
   */
  @Override
  void close();
}
