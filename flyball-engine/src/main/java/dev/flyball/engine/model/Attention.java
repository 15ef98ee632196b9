package dev.flyball.engine.model;

import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.kernels.StreamingAttention;

/**
 * Causal attention of all tokens of a step over their sequences, with grouped heads, rotary
 * positions and an optional sliding window. The layers of a model share one, for its scratch.
 */
final class Attention {
  private static final int BLOCK_TOKENS = PagedKvCache.BLOCK_TOKENS;

  /** The projections of one layer. */
  record Weights(Linear query, Linear key, Linear value, Linear output) {}

  private final AttentionShape shape;
  private final float scale;
  private final RotaryEmbedding rotary;
  private final float[] queries;
  private final float[] keys;
  private final float[] values;
  private final float[] attended;
  private final StreamingAttention[] heads;

  /**
   * @param scale what scores are multiplied by, {@code 1 / sqrt(keyLength)} as a rule
   */
  Attention(AttentionShape shape, double scale, RotaryEmbedding rotary, Step step) {
    this.shape = shape;
    this.scale = (float) scale;
    this.rotary = rotary;
    int tokens = step.maxTokens();
    queries = new float[Math.multiplyExact(tokens, shape.queryColumns())];
    keys = new float[Math.multiplyExact(tokens, shape.keyColumns())];
    values = new float[Math.multiplyExact(tokens, shape.valueColumns())];
    attended = new float[Math.multiplyExact(tokens, shape.attendedColumns())];
    heads = new StreamingAttention[step.team().size()];
    for (int i = 0; i < heads.length; i++) {
      heads[i] = new StreamingAttention(BLOCK_TOKENS, shape.valueLength());
    }
  }

  /** One layer's attention: {@code x} (tokens, columns) to {@code out} (tokens, columns). */
  void apply(Step step, Weights weights, int layer, float[] x, float[] out) {
    project(step, weights, x);
    rotate(step);
    store(step, layer);
    attend(step, layer);
    step.pack(attended, step.tokens(), shape.attendedColumns());
    weights.output().apply(step, out);
  }

  private void project(Step step, Weights weights, float[] x) {
    step.pack(x, step.tokens(), weights.query().columns());
    weights.query().apply(step, queries);
    weights.key().apply(step, keys);
    weights.value().apply(step, values);
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

  /** Writes the step's keys and values to the blocks of their sequences. */
  private void store(Step step, int layer) {
    int keyLength = shape.keyLength();
    int valueLength = shape.valueLength();
    for (int t = 0; t < step.tokens(); t++) {
      int block = step.position(t) / BLOCK_TOKENS;
      int row = step.position(t) % BLOCK_TOKENS;
      float[] blockKeys = step.sequence(t).keys(layer, block);
      float[] blockValues = step.sequence(t).values(layer, block);
      for (int head = 0; head < shape.kvHeads(); head++) {
        int slot = head * BLOCK_TOKENS + row;
        int key = (t * shape.kvHeads() + head) * keyLength;
        int value = (t * shape.kvHeads() + head) * valueLength;
        System.arraycopy(keys, key, blockKeys, slot * keyLength, keyLength);
        System.arraycopy(values, value, blockValues, slot * valueLength, valueLength);
      }
    }
  }

  /** Every query head of every token for itself, whatever the sequence. */
  private void attend(Step step, int layer) {
    step.team()
        .run(
            step.tokens() * shape.heads(),
            (piece, worker) ->
                attendHead(
                    step, layer, piece / shape.heads(), piece % shape.heads(), heads[worker]));
  }

  private void attendHead(Step step, int layer, int token, int head, StreamingAttention stream) {
    int kvHead = shape.kvHead(head);
    PagedKvSequence sequence = step.sequence(token);
    int end = step.position(token) + 1;
    int query = token * shape.queryColumns() + head * shape.keyLength();
    stream.start(queries, query, shape.keyLength(), shape.valueLength(), scale);
    int from = shape.firstVisible(end - 1);
    while (from < end) {
      int block = from / BLOCK_TOKENS;
      int count = Math.min(end, (block + 1) * BLOCK_TOKENS) - from;
      int slot = kvHead * BLOCK_TOKENS + from % BLOCK_TOKENS;
      stream.add(
          sequence.keys(layer, block),
          slot * shape.keyLength(),
          sequence.values(layer, block),
          slot * shape.valueLength(),
          count);
      from += count;
    }
    stream.finish(attended, token * shape.attendedColumns() + head * shape.valueLength());
  }
}
