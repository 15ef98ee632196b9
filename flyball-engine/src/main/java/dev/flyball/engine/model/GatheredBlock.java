package dev.flyball.engine.model;

import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.cache.PagedKvSequence;

/**
 * Keys and values of adjacent positions of a text, brought together from where they lie in a tree
 * of guesses. Scratch of one worker.
 */
final class GatheredBlock {
  private static final int BLOCK_TOKENS = PagedKvCache.BLOCK_TOKENS;

  private final AttentionShape shape;
  private float[] keys = new float[0];
  private float[] values = keys;

  GatheredBlock(AttentionShape shape) {
    this.shape = shape;
  }

  /** (tokens, keyLength) of what was gathered last. */
  float[] keys() {
    return keys;
  }

  /** (tokens, valueLength) of what was gathered last. */
  float[] values() {
    return values;
  }

  /** Gathers what a token of the step sees at {@code count} positions from {@code first} on. */
  void gather(Step step, int layer, int token, int kvHead, int first, int count) {
    if (keys.length == 0) {
      keys = new float[BLOCK_TOKENS * shape.keyLength()];
      values = new float[BLOCK_TOKENS * shape.valueLength()];
    }
    PagedKvSequence sequence = step.sequence(token);
    for (int i = 0; i < count; i++) {
      int place = step.sight().placeAt(token, first + i);
      int block = place / BLOCK_TOKENS;
      int slot = kvHead * BLOCK_TOKENS + place % BLOCK_TOKENS;
      copyRow(sequence.keys(layer, block), slot, keys, i, shape.keyLength());
      copyRow(sequence.values(layer, block), slot, values, i, shape.valueLength());
    }
  }

  private static void copyRow(float[] from, int fromRow, float[] to, int toRow, int length) {
    System.arraycopy(from, fromRow * length, to, toRow * length, length);
  }
}
