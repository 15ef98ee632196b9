package dev.flyball.engine.cache;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.Optional;

/** The blocks of a cache: allocated when first wanted, then reused until the pool is closed. */
final class BlockPool {
  private final KvShape shape;
  private final int capacity;
  private final Deque<KvBlock> free = new ArrayDeque<>();
  private int allocated;

  BlockPool(KvShape shape, int capacity) {
    this.shape = shape;
    this.capacity = capacity;
  }

  /** A block that shows nothing of its former use, if one is free. */
  Optional<KvBlock> tryTake() {
    KvBlock block = free.poll();
    if (block != null) {
      block.clear();
      return Optional.of(block);
    }
    if (allocated == capacity) {
      return Optional.empty();
    }
    return Optional.of(KvBlock.allocate(allocated++, shape));
  }

  void give(KvBlock block) {
    free.push(block);
  }

  int capacity() {
    return capacity;
  }

  int allocated() {
    return allocated;
  }

  Collection<KvBlock> free() {
    return Collections.unmodifiableCollection(free);
  }

  /** Frees the memory of all blocks, which have all been given back. */
  void close() {
    free.forEach(KvBlock::free);
    free.clear();
    allocated = 0;
  }
}
