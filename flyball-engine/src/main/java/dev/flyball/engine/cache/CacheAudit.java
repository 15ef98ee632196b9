package dev.flyball.engine.cache;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Counts everything in a cache anew and compares it with the books. */
final class CacheAudit {
  private final BlockPool pool;
  private final PrefixIndex index;
  private final Collection<PagedKvSequence> open;
  private final Collection<PrefixPin> pins;
  private final Set<Integer> owned = new HashSet<>();
  private final Map<PrefixNode, Integer> holders = new HashMap<>();
  private final Map<PrefixNode, Integer> pinned = new HashMap<>();
  private final Map<PrefixNode, Integer> children = new HashMap<>();
  private long ownBytes;
  private long promisedBytes;
  private long allocatedBytes;

  CacheAudit(
      BlockPool pool,
      PrefixIndex index,
      Collection<PagedKvSequence> open,
      Collection<PrefixPin> pins) {
    this.pool = pool;
    this.index = index;
    this.open = open;
    this.pins = pins;
  }

  /**
   * @throws IllegalStateException where something does not add up
   */
  void check() {
    pool.free().forEach(this::own);
    open.forEach(this::count);
    pins.forEach(pin -> pin.path().forEach(node -> pinned.merge(node, 1, Integer::sum)));
    for (PrefixNode node : index.nodes()) {
      own(node.block);
      if (node.parent() instanceof PrefixNode parent) {
        children.merge(parent, 1, Integer::sum);
      }
    }
    index.nodes().forEach(this::check);
    Set<PrefixNode> nodes = new HashSet<>(index.nodes());
    require(nodes.containsAll(holders.keySet()), "a sequence holds a node that is gone");
    require(nodes.containsAll(pinned.keySet()), "a node that is gone is pinned");
    require(nodes.containsAll(children.keySet()), "a node follows one that is gone");
    int allocated = pool.allocatedBlocks();
    require(owned.size() == allocated, allocated - owned.size() + " blocks are lost");
  }

  void checkBytes(long held, long promised, long pinnedBytes, long idlePinned) {
    requireEqual("bytes held", bytes(holders.keySet().stream()) + ownBytes, held);
    requireEqual("bytes promised", promisedBytes, promised);
    requireEqual("bytes pinned", bytes(pinned.keySet().stream()), pinnedBytes);
    long idle = bytes(pinned.keySet().stream().filter(node -> !holders.containsKey(node)));
    requireEqual("bytes pinned without holder", idle, idlePinned);
    requireEqual("cold bytes", bytes(index.cold().stream()), index.coldBytes());
    require(held + promised + idlePinned <= pool.capacityBytes(), "more is promised than there is");
    requireEqual("bytes allocated", allocatedBytes, pool.allocatedBytes());
    require(pool.allocatedBytes() <= pool.capacityBytes(), "more is allocated than there may be");
  }

  private static long bytes(Stream<PrefixNode> nodes) {
    return nodes.mapToLong(node -> node.block.bytes).sum();
  }

  private void own(KvBlock block) {
    require(owned.add(block.id), "block " + block.id + " has two owners");
    allocatedBytes += block.bytes;
  }

  private void count(PagedKvSequence sequence) {
    List<KvBlock> blocks = sequence.blocks();
    List<PrefixNode> path = sequence.path();
    requireEqual(
        "blocks of a sequence",
        Math.ceilDiv(sequence.length(), PagedKvCache.BLOCK_TOKENS),
        blocks.size());
    for (int i = 0; i < path.size(); i++) {
      PrefixNode node = path.get(i);
      require(node.block == blocks.get(i), "a shared block is not that of its node");
      require(i == 0 || node.parent() == path.get(i - 1), "a path has a gap");
      holders.merge(node, 1, Integer::sum);
    }
    for (KvBlock block : blocks) {
      require(block.storage == sequence.storage(), "a sequence has a block of another storage");
    }
    for (KvBlock block : blocks.subList(path.size(), blocks.size())) {
      own(block);
      ownBytes += block.bytes;
    }
    require(sequence.promisedBlocks() >= 0, "a sequence holds more than it has room for");
    promisedBytes += sequence.promisedBytes();
  }

  private void check(PrefixNode node) {
    requireEqual("holders of a node", holders.getOrDefault(node, 0), node.holders);
    requireEqual("pins of a node", pinned.getOrDefault(node, 0), node.pins);
    requireEqual("children of a node", children.getOrDefault(node, 0), node.children);
    boolean cold = node.holders == 0 && node.pins == 0;
    require(index.isCold(node) == cold, "a node is cold by mistake, or not cold by mistake");
    if (node.parent() instanceof PrefixNode parent) {
      require(node.holders <= parent.holders, "a sequence does not hold all of its path");
    }
  }

  private static void requireEqual(String what, long counted, long booked) {
    require(counted == booked, what + ": " + counted + " counted, " + booked + " booked");
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalStateException(problem);
    }
  }
}
