package dev.flyball.engine;

import dev.flyball.engine.adapter.AdapterWish;
import dev.flyball.engine.cache.CacheWish;
import dev.flyball.engine.dialect.AnswerRules;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.engine.vision.ImagePrompt;
import dev.flyball.engine.vision.PromptImage;
import dev.flyball.units.ServiceTerms;
import dev.flyball.units.TokenIds;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One sequence to generate.
 *
 * @param id names the request in logs
 * @param prompt at least one token
 * @param sampling how tokens are chosen
 * @param maxTokens most tokens to generate, at least 1; more than the context has room for is cut
 *     to that
 * @param stop generation ends before the first of these strings; at most {@link #MAX_STOPS}, none
 *     empty
 * @param ignoreEos generate on past end-of-generation tokens
 * @param logprobs whether deltas carry log-probabilities
 * @param topLogprobs most probable alternatives reported at each position, 0 to {@link
 *     #MAX_TOP_LOGPROBS}
 * @param markers control tokens whose text is passed on, since it tells parts of the answer apart;
 *     the others give none
 * @param grammar what the text must follow; not together with {@code ignoreEos}
 * @param rules how thoughts are told from the answer and limited, and from where the grammar holds;
 *     nothing: all is answer, and the grammar holds from the first token
 * @param terms for whom it is, and how urgent
 * @param cache how its keys and values are to be kept, and whom it shares them with
 * @param adapters what adapts the model to it
 * @param images that stand in the prompt, in order
 */
public record GenerationRequest(
    String id,
    TokenIds prompt,
    SamplingParams sampling,
    int maxTokens,
    List<String> stop,
    boolean ignoreEos,
    boolean logprobs,
    int topLogprobs,
    Set<Integer> markers,
    Optional<Grammar> grammar,
    Optional<AnswerRules> rules,
    ServiceTerms terms,
    CacheWish cache,
    AdapterWish adapters,
    List<PromptImage> images) {

  public static final int MAX_STOPS = 16;
  public static final int MAX_TOP_LOGPROBS = 20;

  public GenerationRequest {
    stop = List.copyOf(stop);
    markers = Set.copyOf(markers);
    images = List.copyOf(images);
    require(!prompt.isEmpty(), "the prompt must have at least one token");
    require(maxTokens >= 1, "max_tokens must be at least 1");
    require(stop.size() <= MAX_STOPS, "at most " + MAX_STOPS + " stop strings are allowed");
    require(stop.stream().noneMatch(String::isEmpty), "a stop string must not be empty");
    require(
        topLogprobs >= 0 && topLogprobs <= MAX_TOP_LOGPROBS,
        "top_logprobs must be 0 to " + MAX_TOP_LOGPROBS);
    require(
        grammar.isEmpty() || !ignoreEos,
        "ignore_eos cannot be combined with a grammar: a complete text must be able to end");
  }

  /** A request for any text, without markers, on the usual terms. */
  public GenerationRequest(
      String id,
      TokenIds prompt,
      SamplingParams sampling,
      int maxTokens,
      List<String> stop,
      boolean ignoreEos,
      boolean logprobs,
      int topLogprobs) {
    this(
        id,
        prompt,
        sampling,
        maxTokens,
        stop,
        ignoreEos,
        logprobs,
        topLogprobs,
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        ServiceTerms.DEFAULT,
        CacheWish.DEFAULT,
        AdapterWish.USUAL,
        List.of());
  }

  /** The same request, with the text of other control tokens passed on. */
  public GenerationRequest withMarkers(Set<Integer> tokens) {
    return with(copy -> copy.markers = tokens);
  }

  /** The same request, its text held to a grammar. */
  public GenerationRequest withGrammar(Optional<Grammar> held) {
    return with(copy -> copy.grammar = held);
  }

  /** The same request, on other terms. */
  public GenerationRequest withTerms(ServiceTerms others) {
    return with(copy -> copy.terms = others);
  }

  /** The same request, its answer held to the rules of a dialect. */
  public GenerationRequest withRules(Optional<AnswerRules> others) {
    return with(copy -> copy.rules = others);
  }

  /** The same request, with another wish for the cache. */
  public GenerationRequest withCache(CacheWish other) {
    return with(copy -> copy.cache = other);
  }

  /** The same request, with other adapters. */
  public GenerationRequest withAdapters(AdapterWish others) {
    return with(copy -> copy.adapters = others);
  }

  /**
   * The same request, with another prompt and what images stand in it.
   *
   * @param placed by the engine that the request is for
   */
  public GenerationRequest withImages(ImagePrompt placed) {
    return with(
        copy -> {
          copy.prompt = placed.tokens();
          copy.images = placed.images();
        });
  }

  private GenerationRequest with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.toRecord();
  }

  /** A copy under way: the one place beside the record that knows all components. */
  private static final class Copy {
    private String id;
    private TokenIds prompt;
    private SamplingParams sampling;
    private int maxTokens;
    private List<String> stop;
    private boolean ignoreEos;
    private boolean logprobs;
    private int topLogprobs;
    private Set<Integer> markers;
    private Optional<Grammar> grammar;
    private Optional<AnswerRules> rules;
    private ServiceTerms terms;
    private CacheWish cache;
    private AdapterWish adapters;
    private List<PromptImage> images;

    Copy(GenerationRequest of) {
      id = of.id;
      prompt = of.prompt;
      sampling = of.sampling;
      maxTokens = of.maxTokens;
      stop = of.stop;
      ignoreEos = of.ignoreEos;
      logprobs = of.logprobs;
      topLogprobs = of.topLogprobs;
      markers = of.markers;
      grammar = of.grammar;
      rules = of.rules;
      terms = of.terms;
      cache = of.cache;
      adapters = of.adapters;
      images = of.images;
    }

    GenerationRequest toRecord() {
      return new GenerationRequest(
          id,
          prompt,
          sampling,
          maxTokens,
          stop,
          ignoreEos,
          logprobs,
          topLogprobs,
          markers,
          grammar,
          rules,
          terms,
          cache,
          adapters,
          images);
    }
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
