package dev.flyball.engine.cache;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The blocks of a cache: of any storage, as many as a number of bytes has room for. Allocated when
 * first wanted, then reused; freed only where blocks of another storage need their bytes, and when
 * the pool is closed.
 */
final class BlockPool {
  private final long capacityBytes;
  private final Map<KvStorage, Deque<KvBlock>> free = new EnumMap<>(KvStorage.class);
  private int nextId;
  private int allocatedBlocks;
  private long allocatedBytes;

  BlockPool(long capacityBytes) {
    this.capacityBytes = capacityBytes;
  }

  /** A block that shows nothing of its former use, if one is free or there are bytes for it. */
  Optional<KvBlock> tryTake(KvShape shape) {
    KvBlock block = free(shape.storage()).poll();
    if (block != null) {
      block.clear();
      return Optional.of(block);
    }
    long bytes = shape.blockBytes();
    while (allocatedBytes + bytes > capacityBytes) {
      if (!freeOne()) {
        return Optional.empty();
      }
    }
    allocatedBlocks++;
    allocatedBytes += bytes;
    return Optional.of(KvBlock.allocate(nextId++, shape));
  }

  /** Gives the memory of one block back, if one is free. */
  private boolean freeOne() {
    for (Deque<KvBlock> blocks : free.values()) {
      KvBlock block = blocks.poll();
      if (block != null) {
        block.free();
        allocatedBlocks--;
        allocatedBytes -= block.bytes;
        return true;
      }
    }
    return false;
  }

  private Deque<KvBlock> free(KvStorage storage) {
    return free.computeIfAbsent(storage, _ -> new ArrayDeque<>());
  }

  void give(KvBlock block) {
    free(block.storage).push(block);
  }

  long capacityBytes() {
    return capacityBytes;
  }

  int allocatedBlocks() {
    return allocatedBlocks;
  }

  long allocatedBytes() {
    return allocatedBytes;
  }

  Collection<KvBlock> free() {
    return free.values().stream().flatMap(Collection::stream).toList();
  }

  /** Frees the memory of all blocks, which have all been given back. */
  void close() {
    boolean more = true;
    while (more) {
      more = freeOne();
    }
  }
}
