package dev.flyball.engine.cache;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The radix tree of full blocks: an edge is the {@link PagedKvCache#BLOCK_TOKENS} token ids of a
 * block. All edges lie in one table, so that a lookup takes time in proportion to the prompt, and
 * nothing here recurses. There is a node for each block, so that the pool bounds the tree.
 *
 * <p>A sequence holds all nodes from the root to its last one, and so does a pin. Nodes that nobody
 * holds or pins are cold. Since sequences let go of their last node first, a cold node stands
 * behind all that follow it in the order of last use, and the first one is always a leaf.
 */
final class PrefixIndex {
  private static final int BLOCK_TOKENS = PagedKvCache.BLOCK_TOKENS;

  private final long seed = ThreadLocalRandom.current().nextLong();
  private final Map<BlockKey, PrefixNode> nodes = new HashMap<>();
  private final SequencedSet<PrefixNode> cold = new LinkedHashSet<>();
  private long coldBytes;

  /** The block that follows {@code parent} with the ids from {@code ids[offset]} on. */
  Optional<PrefixNode> find(Prefix parent, int[] ids, int offset) {
    return Optional.ofNullable(nodes.get(key(parent, ids, offset)));
  }

  /** Adds a block that is not there yet; it is not cold. */
  PrefixNode add(Prefix parent, int[] ids, int offset, KvBlock block) {
    PrefixNode node = new PrefixNode(key(parent, ids, offset), block);
    if (nodes.putIfAbsent(node.key, node) != null) {
      throw new IllegalStateException("the block is in the index already");
    }
    if (parent instanceof PrefixNode before) {
      before.children++;
    }
    return node;
  }

  /** Takes a leaf out. */
  void remove(PrefixNode leaf) {
    if (leaf.children > 0 || !nodes.remove(leaf.key, leaf)) {
      throw new IllegalStateException("not a leaf of the index");
    }
    warm(leaf);
    if (leaf.parent() instanceof PrefixNode before) {
      before.children--;
    }
  }

  /** Makes a node the most recently used of the cold ones. */
  void cool(PrefixNode node) {
    cold.addLast(node);
    coldBytes += node.block.bytes;
  }

  /** The opposite of {@link #cool}. */
  void warm(PrefixNode node) {
    if (cold.remove(node)) {
      coldBytes -= node.block.bytes;
    }
  }

  /** Takes the least recently used cold node out. */
  Optional<PrefixNode> evict() {
    if (cold.isEmpty()) {
      return Optional.empty();
    }
    PrefixNode coldest = cold.getFirst();
    remove(coldest);
    return Optional.of(coldest);
  }

  /** The least recently used first. */
  Collection<PrefixNode> cold() {
    return Collections.unmodifiableCollection(cold);
  }

  long coldBytes() {
    return coldBytes;
  }

  boolean isCold(PrefixNode node) {
    return cold.contains(node);
  }

  Collection<PrefixNode> nodes() {
    return Collections.unmodifiableCollection(nodes.values());
  }

  void clear() {
    nodes.clear();
    cold.clear();
    coldBytes = 0;
  }

  private BlockKey key(Prefix parent, int[] ids, int offset) {
    return new BlockKey(parent, Arrays.copyOfRange(ids, offset, offset + BLOCK_TOKENS), seed);
  }
}
