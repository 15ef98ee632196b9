package dev.flyball.engine;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.Pooling;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.units.TokenIds;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A text that becomes one vector: the mean of its hidden vectors, the first, or the last. */
final class EmbeddingSequence extends EngineSequence {
  private final Pooling pooling;
  private final CompletableFuture<float[]> result;
  private final double[] sum;
  private int rows;
  private int rowsOfStep;

  EmbeddingSequence(
      TokenIds tokens,
      Pooling pooling,
      int embeddingLength,
      CompletableFuture<float[]> result,
      KvCache cache,
      long submittedNanos) {
    super(tokens, tokens.size(), cache, submittedNanos);
    this.pooling = pooling;
    this.result = result;
    sum = new double[embeddingLength];
  }

  @Override
  void started(long nowNanos) {}

  @Override
  RowOutput outputOf(int promptIndex) {
    boolean pooled =
        switch (pooling) {
          case NONE, MEAN -> true;
          case CLS -> promptIndex == 0;
          case LAST -> promptIndex == prompt().size() - 1;
        };
    return pooled ? RowOutput.HIDDEN : RowOutput.NONE;
  }

  @Override
  int addTo(Batch batch, int tokens, long nowNanos) {
    rowsOfStep = super.addTo(batch, tokens, nowNanos);
    return rowsOfStep;
  }

  @Override
  Optional<Ending> accept(StepOutput output, int firstRow, long nowNanos) {
    for (int row = firstRow; row < firstRow + rowsOfStep; row++) {
      float[] values = output.values(row);
      int offset = output.offset(row);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += values[offset + i];
      }
    }
    rows += rowsOfStep;
    return promptComputed()
        ? Optional.of(new Ending.Finished(FinishReason.STOP))
        : Optional.empty();
  }

  @Override
  void report(Ending ending, long nowNanos) {
    switch (ending) {
      case Ending.Finished(FinishReason reason) when reason == FinishReason.CANCELLED ->
          result.completeExceptionally(
              new EngineException(
                  EngineError.CLOSED, "the engine was closed before the text was embedded"));
      case Ending.Finished finished -> result.complete(pooled());
      case Ending.Failed failed -> result.completeExceptionally(failed.failure());
    }
  }

  private float[] pooled() {
    float[] vector = new float[sum.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (sum[i] / rows);
    }
    return vector;
  }
}
