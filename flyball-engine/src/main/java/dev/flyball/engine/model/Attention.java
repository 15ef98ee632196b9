package dev.flyball.engine.model;

import java.util.List;

/**
 * Causal attention of all tokens of a step over their sequences, with grouped heads, rotary
 * positions and an optional sliding window. The layers of a model share one, for its scratch.
 */
final class Attention {
  /** The projections of one layer. */
  record Weights(Linear query, Linear key, Linear value, Linear output) {}

  private final AttentionShape shape;
  private final RotaryEmbedding rotary;
  private final float[] queries;
  private final float[] keys;
  private final float[] values;
  private final float[] attended;
  private final CachedAttention cached;

  Attention(AttentionShape shape, CachedAttention cached, RotaryEmbedding rotary, Step step) {
    this.shape = shape;
    this.cached = cached;
    this.rotary = rotary;
    int tokens = step.maxTokens();
    queries = new float[Math.multiplyExact(tokens, shape.queryColumns())];
    keys = new float[Math.multiplyExact(tokens, shape.keyColumns())];
    values = new float[Math.multiplyExact(tokens, shape.valueColumns())];
    attended = new float[Math.multiplyExact(tokens, shape.attendedColumns())];
  }

  /** One layer's attention: {@code x} (tokens, columns) to {@code out} (tokens, columns). */
  void apply(Step step, Weights weights, int layer, float[] x, float[] out) {
    project(step, weights, x);
    rotate(step);
    cached.store(step, layer, keys, values);
    cached.attend(step, layer, queries, attended);
    step.input(attended, step.tokens(), shape.attendedColumns());
    weights.output().apply(out);
  }

  private void project(Step step, Weights weights, float[] x) {
    step.input(x, step.tokens(), weights.query().columns());
    // The softmax of scores magnifies the errors of queries and keys.
    Linear.applyAllFinely(
        List.of(weights.query(), weights.key(), weights.value()), List.of(queries, keys, values));
  }

  private void rotate(Step step) {
    step.team()
        .run(
            step.tokens(),
            (t, _) -> {
              int length = shape.keyLength();
              rotary.rotate(queries, t * shape.queryColumns(), shape.heads(), length, t);
              rotary.rotate(keys, t * shape.keyColumns(), shape.kvHeads(), length, t);
            });
  }
}
