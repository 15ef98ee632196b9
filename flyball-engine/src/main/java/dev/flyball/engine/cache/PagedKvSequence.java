package dev.flyball.engine.cache;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The block table of one sequence of a {@link PagedKvCache}. */
public final class PagedKvSequence implements KvSequence {
  private final PagedKvCache cache;
  private final int maxTokens;
  private final int reservedBlocks;
  private final List<KvBlock> blocks;
  private int length;
  private boolean closed;

  PagedKvSequence(PagedKvCache cache, int maxTokens, int reservedBlocks) {
    this.cache = cache;
    this.maxTokens = maxTokens;
    this.reservedBlocks = reservedBlocks;
    this.blocks = new ArrayList<>();
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int append() {
    if (closed) {
      throw new IllegalStateException("the sequence is closed");
    }
    if (length == maxTokens) {
      throw new IllegalStateException("the sequence has its " + maxTokens + " tokens already");
    }
    if (length == blocks.size() * PagedKvCache.BLOCK_TOKENS) {
      blocks.add(cache.takeBlock());
    }
    return length++;
  }

  /** The cache that the sequence belongs to. */
  public PagedKvCache cache() {
    return cache;
  }

  /**
   * The keys of one layer in one block of Java arrays: (heads, {@link PagedKvCache#BLOCK_TOKENS},
   * keyLength). To be written for the tokens of the batch under way, read for all before.
   */
  public float[] keys(int layer, int block) {
    return ((HeapKvBlock) blocks.get(block)).keys[layer];
  }

  /**
   * The values of one layer in one block of Java arrays: (heads, {@link PagedKvCache#BLOCK_TOKENS},
   * valueLength).
   */
  public float[] values(int layer, int block) {
    return ((HeapKvBlock) blocks.get(block)).values[layer];
  }

  /** A block of native memory: (layers, heads) of {@link KvShape#layout()}. */
  public MemorySegment memory(int block) {
    return ((NativeKvBlock) blocks.get(block)).memory;
  }

  int reservedBlocks() {
    return reservedBlocks;
  }

  List<KvBlock> blocks() {
    return blocks;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cache.release(this);
      blocks.clear();
    }
  }
}
