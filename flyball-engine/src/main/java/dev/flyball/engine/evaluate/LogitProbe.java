package dev.flyball.engine.evaluate;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelConfig;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.Pooler;
import dev.flyball.engine.model.Pooling;
import dev.flyball.engine.model.RankingHead;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Looks into a model: the numbers that it computes for given token ids, without tokenizer, sampling
 * or scheduling. For people who port or debug models, and for golden tests. Not thread-safe.
 */
public final class LogitProbe implements AutoCloseable {
  private final LanguageModel model;
  private final Batch batch;

  /** A token id and its logit. */
  public record TokenLogit(int token, float logit) {}

  /**
   * One step of a greedy continuation.
   *
   * @param token the id with the largest logit, the smaller one of equals
   * @param margin its logit minus the second largest
   */
  public record GreedyToken(int token, float margin) {}

  /**
   * Opens a model file.
   *
   * @throws dev.flyball.engine.EngineException FILE_UNREADABLE, FILE_CORRUPT, UNSUPPORTED_MODEL
   */
  public static LogitProbe open(Path path, ModelOptions options) {
    GgufFile file = GgufFile.open(path);
    try {
      return new LogitProbe(ModelFamilies.load(file, forWholeTexts(file, options)));
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /** A step that is long enough for any text, where texts are computed as a whole. */
  private static ModelOptions forWholeTexts(GgufFile file, ModelOptions options) {
    ModelConfig config = ModelFamilies.outline(file, options).config();
    int text = Math.min(config.contextLength(), ModelOptions.MAX_BATCH_TOKENS);
    return config.wholeTexts()
        ? options.withMaxBatchTokens(Math.max(text, options.maxBatchTokens()))
        : options;
  }

  /** A probe of a loaded model, which it takes over. */
  public LogitProbe(LanguageModel model) {
    this.model = model;
    this.batch = new Batch(model.maxBatchTokens());
  }

  public ModelConfig config() {
    return model.config();
  }

  /** Whether the model's output is one pooled vector for a text, not logits. */
  public boolean isPooled() {
    return model.config().pooling() != Pooling.NONE;
  }

  /**
   * The logits of the last position.
   *
   * @param ids at least one id; nothing is added before or after
   * @return a new array, one value for each id of the vocabulary
   * @throws IllegalArgumentException where there are no ids, or one is not in the vocabulary
   */
  public float[] logits(TokenIds ids) {
    return logits(ids, model.maxBatchTokens());
  }

  /**
   * As {@link #logits(TokenIds)}, with at most {@code chunk} tokens in a step: the result is to be
   * the same but for rounding.
   *
   * @param chunk 1 to {@link LanguageModel#maxBatchTokens()}
   */
  public float[] logits(TokenIds ids, int chunk) {
    requireIds(ids);
    if (chunk < 1 || chunk > batch.capacity()) {
      throw new IllegalArgumentException(
          chunk + " tokens in a step; it should be 1 to " + batch.capacity());
    }
    try (KvCache cache = model.newCache(ids.size());
        KvSequence sequence = cache.tryReserve(ids.size()).orElseThrow()) {
      return feed(sequence, ids, chunk);
    }
  }

  /**
   * The pooled vector of the ids, not normalised; the mean where the model does not say how. Of a
   * reranker, what its head makes a score of.
   *
   * @throws IllegalArgumentException as {@link #logits(TokenIds)}
   */
  public float[] pooled(TokenIds ids) {
    Pooling pooling = model.config().pooling();
    return model
        .ranking()
        .map(head -> pooled(ids, head.pooling()))
        .orElseGet(() -> model.embedding(pooled(ids, pooling)));
  }

  /**
   * The score that a reranker's head gives to the ids, of a query and a document.
   *
   * @throws IllegalArgumentException as {@link #logits(TokenIds)}, or where the model has no head
   */
  public float score(TokenIds ids) {
    RankingHead head =
        model
            .ranking()
            .orElseThrow(() -> new IllegalArgumentException("the model has no ranking head"));
    return head.score(pooled(ids, head.pooling()));
  }

  private float[] pooled(TokenIds ids, Pooling pooling) {
    requireIds(ids);
    Pooler pooler = new Pooler(pooling, model.config().embeddingLength());
    try (KvCache cache = model.newCache(ids.size());
        KvSequence sequence = cache.tryReserve(ids.size()).orElseThrow()) {
      for (int first = 0; first < ids.size(); first += batch.capacity()) {
        int end = Math.min(ids.size(), first + batch.capacity());
        batch.clear();
        for (int i = first; i < end; i++) {
          batch.add(sequence, ids.get(i), pooler.wanted(i, ids.size()));
        }
        StepOutput output = model.forward(batch);
        for (int row = 0; row < output.rows(); row++) {
          pooler.add(output.values(row), output.offset(row));
        }
      }
    }
    return pooler.result();
  }

  /**
   * The ids that follow when always the largest logit is taken; ids that end a text do not end it.
   *
   * @param count how many, at least one
   * @throws IllegalArgumentException as {@link #logits(TokenIds)}
   */
  public List<GreedyToken> greedy(TokenIds ids, int count) {
    requireIds(ids);
    if (count < 1 || count > Integer.MAX_VALUE - ids.size()) {
      throw new IllegalArgumentException(count + " ids to follow; it should be 1 or more");
    }
    int tokens = ids.size() + count;
    List<GreedyToken> greedy = new ArrayList<>();
    try (KvCache cache = model.newCache(tokens);
        KvSequence sequence = cache.tryReserve(tokens).orElseThrow()) {
      float[] logits = feed(sequence, ids, batch.capacity());
      while (true) {
        List<TokenLogit> best = top(logits, 2);
        float margin =
            best.size() < 2 ? Float.POSITIVE_INFINITY : best.get(0).logit() - best.get(1).logit();
        greedy.add(new GreedyToken(best.getFirst().token(), margin));
        if (greedy.size() == count) {
          return List.copyOf(greedy);
        }
        logits = feed(sequence, TokenIds.of(best.getFirst().token()), 1);
      }
    }
  }

  /** The largest logits, best first; of equal ones the smaller id. */
  public static List<TokenLogit> top(float[] logits, int count) {
    Comparator<TokenLogit> worstFirst =
        Comparator.comparingDouble(TokenLogit::logit)
            .thenComparing(Comparator.comparingInt(TokenLogit::token).reversed());
    PriorityQueue<TokenLogit> best = new PriorityQueue<>(worstFirst);
    for (int token = 0; token < logits.length; token++) {
      best.add(new TokenLogit(token, logits[token]));
      if (best.size() > count) {
        best.remove();
      }
    }
    return best.stream().sorted(worstFirst.reversed()).toList();
  }

  private void requireIds(TokenIds ids) {
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("at least one token id is needed");
    }
    int size = model.config().vocabularySize();
    for (int i = 0; i < ids.size(); i++) {
      if (ids.get(i) < 0 || ids.get(i) >= size) {
        throw new IllegalArgumentException(
            "token id " + ids.get(i) + " at index " + i + " is not in 0 to " + (size - 1));
      }
    }
  }

  /** Appends ids to a sequence and gives the logits of the last one. */
  private float[] feed(KvSequence sequence, TokenIds ids, int chunk) {
    for (int first = 0; ; first += chunk) {
      int end = Math.min(ids.size(), first + chunk);
      batch.clear();
      for (int i = first; i < end; i++) {
        RowOutput wanted = i == ids.size() - 1 ? RowOutput.LOGITS : RowOutput.NONE;
        batch.add(sequence, ids.get(i), wanted);
      }
      StepOutput output = model.forward(batch);
      if (end == ids.size()) {
        int offset = output.offset(0);
        return Arrays.copyOfRange(output.values(0), offset, offset + output.length(0));
      }
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
