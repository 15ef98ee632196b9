package dev.flyball.engine.model;

import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.kernels.attention.KvLayout;
import dev.flyball.kernels.attention.StoredTokens;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The compressed keys and values of some tokens of a context, read back from the cache. */
final class LatentTile {
  private static final int BLOCK_TOKENS = KvLayout.BLOCK_TOKENS;

  private final LatentLengths lengths;
  private final Step step;
  private final float[] ofKeys;
  private final float[] ofValues;
  private final float[] rotated;
  private final Map<KvLayout, Reader[]> readers = new HashMap<>();
  private int tokens;

  /** What one worker reads with. */
  private final class Reader {
    private final StoredTokens stored;

    /** The keys of a block. */
    private final float[] keys = new float[BLOCK_TOKENS * (lengths.rank() + lengths.rotated())];

    Reader(KvLayout layout) {
      stored = new StoredTokens(layout);
    }

    /** Reads the first tokens of a block of the cache to a block of the tile. */
    void read(PagedKvSequence sequence, int cached, long headOffset, int block, int count) {
      stored.keys(sequence.memory(cached), headOffset, count, keys, 0);
      int rank = lengths.rank();
      int first = block * BLOCK_TOKENS;
      for (int t = 0; t < count; t++) {
        int key = t * (rank + lengths.rotated());
        System.arraycopy(keys, key, ofKeys, (first + t) * rank, rank);
        int to = (first + t) * lengths.rotated();
        System.arraycopy(keys, key + rank, rotated, to, lengths.rotated());
      }
      stored.values(sequence.memory(cached), headOffset, count, ofValues, first * rank);
    }
  }

  /**
   * @param maxTokens of a tile, a multiple of a block's
   */
  LatentTile(LatentLengths lengths, int maxTokens, Step step) {
    this.lengths = lengths;
    this.step = step;
    ofKeys = new float[maxTokens * lengths.rank()];
    ofValues = new float[maxTokens * lengths.rank()];
    rotated = new float[maxTokens * lengths.rotated()];
  }

  /**
   * Reads {@code count} tokens from place {@code from} on, which begins a block; what is behind
   * them in their last block becomes 0.
   */
  void read(PagedKvSequence sequence, CacheFormat format, int layer, int from, int count) {
    Reader[] byWorker = readers.computeIfAbsent(format.layout(), this::readers);
    long headOffset = format.headOffsetBytes(layer, 0);
    int firstBlock = from / BLOCK_TOKENS;
    tokens = count;
    step.team()
        .run(
            Math.ceilDiv(count, BLOCK_TOKENS),
            (block, worker) -> {
              int here = Math.min(BLOCK_TOKENS, count - block * BLOCK_TOKENS);
              byWorker[worker].read(sequence, firstBlock + block, headOffset, block, here);
            });
    Arrays.fill(ofKeys, count * lengths.rank(), rows() * lengths.rank(), 0f);
    Arrays.fill(ofValues, count * lengths.rank(), rows() * lengths.rank(), 0f);
    Arrays.fill(rotated, count * lengths.rotated(), rows() * lengths.rotated(), 0f);
  }

  private Reader[] readers(KvLayout layout) {
    Reader[] made = new Reader[step.team().size()];
    Arrays.setAll(made, _ -> new Reader(layout));
    return made;
  }

  int blocks() {
    return Math.ceilDiv(tokens, BLOCK_TOKENS);
  }

  /** Tokens of whole blocks. */
  int rows() {
    return blocks() * BLOCK_TOKENS;
  }

  /** (rows, rank): what keys are made of. */
  float[] ofKeys() {
    return ofKeys;
  }

  /** (rows, rank): what values are made of. */
  float[] ofValues() {
    return ofValues;
  }

  /** (rows, rotated): the part of a key that all heads have in common. */
  float[] rotated() {
    return rotated;
  }
}
