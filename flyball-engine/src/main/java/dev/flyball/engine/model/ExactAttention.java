package dev.flyball.engine.model;

import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.kernels.StreamingAttention;

/** Attention in plain Java over a cache of Java arrays. */
final class ExactAttention implements CachedAttention {
  private static final int BLOCK_TOKENS = PagedKvCache.BLOCK_TOKENS;

  private final AttentionShape shape;
  private final ScoreRule scores;
  private final StreamingAttention[] heads;
  private final GatheredBlock[] gathered;

  ExactAttention(AttentionShape shape, ScoreRule scores, Step step) {
    this.shape = shape;
    this.scores = scores;
    heads = new StreamingAttention[step.team().size()];
    gathered = new GatheredBlock[heads.length];
    for (int i = 0; i < heads.length; i++) {
      heads[i] = new StreamingAttention(BLOCK_TOKENS, shape.valueLength(), scores.softCap());
      gathered[i] = new GatheredBlock(shape);
    }
  }

  @Override
  public void store(Step step, int layer, float[] keys, float[] values) {
    int keyLength = shape.keyLength();
    int valueLength = shape.valueLength();
    for (int t = 0; t < step.tokens(); t++) {
      int block = step.place(t) / BLOCK_TOKENS;
      int row = step.place(t) % BLOCK_TOKENS;
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

  /**
   * Every query head of every token for itself, whatever the sequence. What a token sees is cut to
   * blocks by position, in a tree of guesses too, so that its row is the same as if it stood in
   * line.
   */
  @Override
  public void attend(
      Step step, int first, int end, int layer, float[] queries, float[] sinks, float[] attended) {
    step.team()
        .run(
            (end - first) * shape.heads(),
            (piece, worker) ->
                attendHead(
                    step,
                    layer,
                    first + piece / shape.heads(),
                    piece % shape.heads(),
                    worker,
                    queries,
                    sinks,
                    attended));
  }

  private void attendHead(
      Step step,
      int layer,
      int token,
      int head,
      int worker,
      float[] queries,
      float[] sinks,
      float[] attended) {
    StreamingAttention stream = heads[worker];
    int kvHead = shape.kvHead(head);
    PagedKvSequence sequence = step.sequence(token);
    int position = step.position(token);
    int end = step.sight().endVisible(token, shape.endVisible(position, sequence.length()));
    int query = token * shape.queryColumns() + head * shape.keyLength();
    stream.start(queries, query, shape.keyLength(), shape.valueLength(), scores.scale());
    int from = shape.firstVisible(position);
    int inLine = Math.min(end, step.sight().seenInLine(token, end));
    while (from < end) {
      int blockEnd = (from / BLOCK_TOKENS + 1) * BLOCK_TOKENS;
      int count = Math.min(end, blockEnd) - from;
      if (from + count <= inLine) {
        int slot = kvHead * BLOCK_TOKENS + from % BLOCK_TOKENS;
        int block = from / BLOCK_TOKENS;
        stream.add(
            sequence.keys(layer, block),
            slot * shape.keyLength(),
            sequence.values(layer, block),
            slot * shape.valueLength(),
            count);
      } else {
        gathered[worker].gather(step, layer, token, kvHead, from, count);
        stream.add(gathered[worker].keys(), 0, gathered[worker].values(), 0, count);
      }
      from += count;
    }
    if (sinks.length > 0) {
      stream.addSink(sinks[head]);
    }
    stream.finish(attended, token * shape.attendedColumns() + head * shape.valueLength());
  }
}
