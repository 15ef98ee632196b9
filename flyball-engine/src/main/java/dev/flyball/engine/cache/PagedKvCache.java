package dev.flyball.engine.cache;

import dev.flyball.kernels.attention.KvLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Keys and values in blocks of 32 tokens from a bounded pool. A block's memory is allocated when a
 * sequence first grows into it, and reused by later sequences until the cache is closed.
 *
 * <p>A reservation is a promise of whole blocks: the blocks promised to all open sequences are
 * never more than the pool has, so {@link KvSequence#append()} always finds one.
 */
public final class PagedKvCache implements KvCache {
  /** Tokens in a block. */
  public static final int BLOCK_TOKENS = KvLayout.BLOCK_TOKENS;

  private final KvShape shape;
  private final int capacityBlocks;
  private final Deque<KvBlock> free = new ArrayDeque<>();
  private final Set<PagedKvSequence> open = new LinkedHashSet<>();
  private int allocatedBlocks;
  private int reservedBlocks;
  private boolean closed;

  /**
   * @param capacityTokens tokens of all sequences together, rounded up to whole blocks
   */
  public PagedKvCache(KvShape shape, long capacityTokens) {
    long blocks = Math.ceilDiv(capacityTokens, (long) BLOCK_TOKENS);
    if (blocks < 1 || blocks > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a cache for " + capacityTokens + " tokens");
    }
    this.shape = shape;
    this.capacityBlocks = (int) blocks;
  }

  public KvShape shape() {
    return shape;
  }

  @Override
  public Optional<KvSequence> tryReserve(int maxTokens) {
    if (closed) {
      throw new IllegalStateException("the cache is closed");
    }
    if (maxTokens < 1) {
      throw new IllegalArgumentException("a sequence of " + maxTokens + " tokens");
    }
    int blocks = Math.ceilDiv(maxTokens, BLOCK_TOKENS);
    if (blocks > capacityBlocks - reservedBlocks) {
      return Optional.empty();
    }
    reservedBlocks += blocks;
    PagedKvSequence sequence = new PagedKvSequence(this, maxTokens, blocks);
    open.add(sequence);
    return Optional.of(sequence);
  }

  @Override
  public long capacityTokens() {
    return (long) capacityBlocks * BLOCK_TOKENS;
  }

  @Override
  public long reservedTokens() {
    return (long) reservedBlocks * BLOCK_TOKENS;
  }

  /** Bytes of the blocks allocated so far, whether in use or waiting to be reused. */
  public long allocatedBytes() {
    return allocatedBlocks * shape.bytesPerToken() * BLOCK_TOKENS;
  }

  /** A block of those promised to a sequence. */
  KvBlock takeBlock() {
    KvBlock block = free.poll();
    if (block != null) {
      block.clear();
      return block;
    }
    KvBlock fresh = KvBlock.allocate(allocatedBlocks, shape);
    allocatedBlocks++;
    return fresh;
  }

  /** Takes back what a sequence holds and was promised. */
  void release(PagedKvSequence sequence) {
    if (open.remove(sequence)) {
      reservedBlocks -= sequence.reservedBlocks();
      free.addAll(sequence.blocks());
    }
  }

  @Override
  public void checkIntegrity() {
    Set<Integer> seen = new HashSet<>();
    for (KvBlock block : free) {
      require(seen.add(block.id), "block " + block.id + " is free twice");
    }
    int promised = 0;
    for (PagedKvSequence sequence : open) {
      promised += sequence.reservedBlocks();
      int held = sequence.blocks().size();
      require(
          held == Math.ceilDiv(sequence.length(), BLOCK_TOKENS),
          held + " blocks for " + sequence.length() + " tokens");
      require(
          held <= sequence.reservedBlocks(),
          held + " blocks held, " + sequence.reservedBlocks() + " promised");
      for (KvBlock block : sequence.blocks()) {
        require(seen.add(block.id), "block " + block.id + " has two owners");
      }
    }
    require(seen.size() == allocatedBlocks, allocatedBlocks - seen.size() + " blocks are lost");
    require(promised == reservedBlocks, promised + " promised, " + reservedBlocks + " booked");
    require(reservedBlocks <= capacityBlocks, "more is promised than there is");
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalStateException(problem);
    }
  }

  @Override
  public void close() {
    closed = true;
    for (PagedKvSequence sequence : Set.copyOf(open)) {
      sequence.close();
    }
    free.forEach(KvBlock::free);
    free.clear();
    allocatedBlocks = 0;
  }
}
