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
    rotate(step, queries, shape.heads());
    rotate(step, keys, shape.kvHeads());
    cached.store(step, layer, keys, values);
    attend(step, weights, layer, out);
  }

  /** The part of {@link #apply} that later tokens build on: keys and values, to the cache. */
  void store(Step step, Weights weights, int layer, float[] x) {
    step.input(x, step.tokens(), weights.key().columns());
    Linear.applyAllFinely(List.of(weights.key(), weights.value()), List.of(keys, values));
    rotate(step, keys, shape.kvHeads());
    cached.store(step, layer, keys, values);
  }

  /** The rest of {@link #apply}, after {@link #store} of these tokens and possibly of others. */
  void applyToStored(Step step, Weights weights, int layer, float[] x, float[] out) {
    step.input(x, step.tokens(), weights.query().columns());
    Linear.applyAllFinely(List.of(weights.query()), List.of(queries));
    rotate(step, queries, shape.heads());
    attend(step, weights, layer, out);
  }

  private void attend(Step step, Weights weights, int layer, float[] out) {
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

  /** Rotates {@code x} (tokens, heads, keyLength). */
  private void rotate(Step step, float[] x, int heads) {
    int length = shape.keyLength();
    step.team()
        .run(step.tokens(), (t, _) -> rotary.rotate(x, t * heads * length, heads, length, t));
  }
}
