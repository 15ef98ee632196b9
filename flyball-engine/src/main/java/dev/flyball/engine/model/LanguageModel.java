package dev.flyball.engine.model;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.lora.LoraFile;
import dev.flyball.engine.weights.ExpertCounters;
import java.util.Optional;

/**
 * The forward pass of one loaded model. Its weights are immutable; {@link #forward} uses scratch
 * memory of the model's own and is therefore to be called by one thread at a time.
 */
public interface LanguageModel extends AutoCloseable {
  /** Hyper-parameters. */
  ModelConfig config();

  /** What makes a score of the hidden vector of a query and a document, where the model has it. */
  default Optional<RankingHead> ranking() {
    return Optional.empty();
  }

  /** The embedding that a text's pooled vector becomes. */
  default float[] embedding(float[] pooled) {
    return pooled;
  }

  /** Memory for the keys and values of up to {@code capacityTokens} tokens over all sequences. */
  KvCache newCache(long capacityTokens);

  /**
   * As {@link #newCache(long)}, for at most so many sequences at a time that have been begun, which
   * counts where the model has a state for each.
   */
  default KvCache newCache(long capacityTokens, int maxSequences) {
    return newCache(capacityTokens);
  }

  /**
   * Prepares an adapter, which is to be closed before the model is. May be called by any thread,
   * also while steps run.
   *
   * @throws EngineException INVALID_INPUT where it is made for another base, UNSUPPORTED_MODEL
   *     where it adapts what cannot be adapted here
   */
  default Adapter adapter(LoraFile file) {
    throw file.invalid("this model takes no adapters");
  }

  /** What became of experts that are read when steps need them; nothing: all are in memory. */
  default Optional<ExpertCounters> experts() {
    return Optional.empty();
  }

  /** Most tokens that one batch may have. */
  int maxBatchTokens();

  /**
   * Runs every token of the batch through the model, appends their keys and values to their
   * sequences, and computes the rows that the batch asks for.
   *
   * @return the rows, valid until the next call
   */
  StepOutput forward(Batch batch);

  /** Frees the weights. */
  @Override
  void close();
}
