package dev.flyball.engine;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.Pooler;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.engine.schedule.PrefixKeys;
import dev.flyball.engine.schedule.ServiceNotes;
import dev.flyball.units.ServiceTerms;
import dev.flyball.units.TokenIds;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A text that becomes one vector, pooled as the model says, and what is made of that.
 *
 * @param <T> what is made of it
 */
final class EmbeddingSequence<T> extends EngineSequence {
  private final Pooler pooler;
  private final Function<float[], T> use;
  private final CompletableFuture<T> result;
  private int pooledTokens;
  private int rowsOfStep;

  /**
   * @param use called on the engine's thread
   */
  EmbeddingSequence(
      TokenIds tokens,
      Pooler pooler,
      Function<float[], T> use,
      CompletableFuture<T> result,
      KvCache cache,
      long submittedNanos) {
    super(tokens, tokens.size(), cache, submittedNanos);
    this.pooler = pooler;
    this.use = use;
    this.result = result;
  }

  @Override
  String id() {
    return "embedding";
  }

  @Override
  public ServiceTerms terms() {
    return ServiceTerms.DEFAULT;
  }

  @Override
  public PrefixKeys prefixKeys() {
    return PrefixKeys.NONE;
  }

  @Override
  public boolean decoding() {
    return false;
  }

  @Override
  int knownTokens() {
    return prompt().size();
  }

  @Override
  int token(int index) {
    return prompt().get(index);
  }

  @Override
  void started(long nowNanos) {}

  /** Pooling wants the hidden vectors of tokens, which the cache does not have. */
  @Override
  KvSequence open(KvCache ofEngine) {
    return ofEngine.openUnshared();
  }

  /** Tokens that are computed again, since memory was short, are in the pool already. */
  @Override
  RowOutput outputOf(int index) {
    return index < pooledTokens ? RowOutput.NONE : pooler.wanted(index, prompt().size());
  }

  @Override
  int addTo(Batch batch, int tokens, long nowNanos) {
    rowsOfStep = super.addTo(batch, tokens, nowNanos);
    return rowsOfStep;
  }

  @Override
  Optional<Ending> accept(StepOutput output, int firstRow, long nowNanos) {
    for (int row = firstRow; row < firstRow + rowsOfStep; row++) {
      pooler.add(output.values(row), output.offset(row));
    }
    pooledTokens = Math.max(pooledTokens, computedTokens());
    return pendingTokens() == 0
        ? Optional.of(new Ending.Finished(FinishReason.STOP))
        : Optional.empty();
  }

  @Override
  void report(Ending ending, ServiceNotes notes, long nowNanos) {
    switch (ending) {
      case Ending.Finished(FinishReason reason) when reason == FinishReason.CANCELLED ->
          result.completeExceptionally(
              new EngineException(
                  EngineError.CLOSED, "the engine was closed before the text was embedded"));
      case Ending.Finished finished -> result.complete(use.apply(pooler.result()));
      case Ending.Failed failed -> result.completeExceptionally(failed.failure());
    }
  }
}
