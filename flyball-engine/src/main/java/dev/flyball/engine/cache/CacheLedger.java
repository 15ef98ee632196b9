package dev.flyball.engine.cache;

import java.util.List;

/**
 * The books of a {@link PagedKvCache}, in bytes: who holds a block of the index, who keeps it
 * pinned, what sequences hold that is not in the index, and what they were promised.
 *
 * <p>Promises are kept because {@code held + promised + pinned without holder <= capacity} at any
 * time: whatever else there is, is free or cold and gives way.
 */
final class CacheLedger {
  /** Pins keep at most one byte in so many. */
  private static final int PINNED_SHARE = 4;

  private final long capacityBytes;
  private final PrefixIndex index;

  /** Of blocks that sequences hold; one that several share counts once. */
  private long heldBytes;

  private long promisedBytes;
  private long pinnedBytes;

  /** Of pinned blocks that no sequence holds. */
  private long idlePinnedBytes;

  CacheLedger(long capacityBytes, PrefixIndex index) {
    this.capacityBytes = capacityBytes;
    this.index = index;
  }

  long heldBytes() {
    return heldBytes;
  }

  long promisedBytes() {
    return promisedBytes;
  }

  /** Bytes of blocks that are kept for reuse only. */
  long cachedBytes() {
    return index.coldBytes() + idlePinnedBytes;
  }

  /** Bytes that can still be promised. */
  long available() {
    return capacityBytes - heldBytes - promisedBytes - idlePinnedBytes;
  }

  /** Whether bytes could be promised if some pins gave way. */
  boolean couldPromise(long bytes) {
    return bytes <= available() + idlePinnedBytes;
  }

  /** Whether so many bytes would fit beside the pins if nobody else had any. */
  boolean fitBesidePins(long bytes) {
    return bytes <= capacityBytes - idlePinnedBytes;
  }

  void promise(long bytes) {
    promisedBytes += bytes;
  }

  void takeBackPromise(long bytes) {
    promisedBytes -= bytes;
  }

  /** Books a block of what was promised to a sequence. */
  void redeem(long bytes) {
    promisedBytes -= bytes;
    heldBytes += bytes;
  }

  /** Books that a sequence gave back a block that is not in the index. */
  void giveBack(long bytes) {
    heldBytes -= bytes;
  }

  /** Whether another sequence can hold a block without breaking a promise. */
  boolean canHold(PrefixNode node) {
    return node.holders > 0 || node.pins > 0 || available() >= node.block.bytes;
  }

  /**
   * Whether another sequence can hold some blocks without breaking a promise.
   *
   * @param promised bytes that it was promised
   */
  boolean canHold(List<PrefixNode> nodes, long promised) {
    return idleBytes(nodes) <= promised + available();
  }

  /** Bytes of those blocks that are neither held nor pinned. */
  static long idleBytes(List<PrefixNode> nodes) {
    return nodes.stream()
        .filter(node -> node.holders == 0 && node.pins == 0)
        .mapToLong(node -> node.block.bytes)
        .sum();
  }

  /** Books a sequence more that holds a block. */
  void hold(PrefixNode node) {
    if (node.holders++ > 0) {
      return;
    }
    heldBytes += node.block.bytes;
    if (node.pins > 0) {
      idlePinnedBytes -= node.block.bytes;
    } else {
      index.warm(node);
    }
  }

  /** Books a sequence less that holds a block. */
  void letGo(PrefixNode node) {
    if (--node.holders > 0) {
      return;
    }
    heldBytes -= node.block.bytes;
    if (node.pins > 0) {
      idlePinnedBytes += node.block.bytes;
    } else {
      index.cool(node);
    }
  }

  /** Books a pin more that keeps a block; false where pins would keep too much. */
  boolean tryPin(PrefixNode node) {
    if (node.pins == 0) {
      long bytes = node.block.bytes;
      boolean idle = node.holders == 0;
      if (pinnedBytes + bytes > capacityBytes / PINNED_SHARE || (idle && available() < bytes)) {
        return false;
      }
      pinnedBytes += bytes;
      if (idle) {
        idlePinnedBytes += bytes;
        index.warm(node);
      }
    }
    node.pins++;
    return true;
  }

  /** Books a pin less that keeps a block. */
  void unpin(PrefixNode node) {
    if (--node.pins > 0) {
      return;
    }
    pinnedBytes -= node.block.bytes;
    if (node.holders == 0) {
      idlePinnedBytes -= node.block.bytes;
      index.cool(node);
    }
  }

  /**
   * @throws IllegalStateException where the books say something else than what was counted
   */
  void check(CacheAudit audit) {
    audit.checkBytes(heldBytes, promisedBytes, pinnedBytes, idlePinnedBytes);
  }
}
