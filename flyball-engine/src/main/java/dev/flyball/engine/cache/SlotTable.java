package dev.flyball.engine.cache;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.OptionalInt;
import java.util.SequencedMap;

/** Which prefix lies in which slot of a {@link BlockFile}, the least recently used first. */
final class SlotTable {
  private final SequencedMap<PrefixDigest, Integer> slots = new LinkedHashMap<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private final int capacity;
  private int begun;

  /**
   * @param capacity slots that there may be
   * @param begun slots that the file has already; each is to be given to {@link #put} or {@link
   *     #free}
   */
  SlotTable(int capacity, int begun) {
    this.capacity = capacity;
    this.begun = begun;
  }

  /** The slot of a prefix. */
  OptionalInt find(PrefixDigest digest) {
    Integer slot = slots.get(digest);
    return slot == null ? OptionalInt.empty() : OptionalInt.of(slot);
  }

  /** Makes a prefix the most recently used, if it is there. */
  boolean touch(PrefixDigest digest) {
    Integer slot = slots.remove(digest);
    if (slot != null) {
      slots.put(digest, slot);
    }
    return slot != null;
  }

  /** Makes a slot that of a prefix, the most recently used. */
  void put(PrefixDigest digest, int slot) {
    Integer before = slots.remove(digest);
    if (before != null) {
      free.push(before);
    }
    slots.put(digest, slot);
  }

  /** Forgets a prefix. */
  void remove(PrefixDigest digest) {
    Integer slot = slots.remove(digest);
    if (slot != null) {
      free.push(slot);
    }
  }

  void free(int slot) {
    free.push(slot);
  }

  /** A slot to write to, where the least recently used prefix has to give way if none is free. */
  int take() {
    Integer slot = free.poll();
    if (slot != null) {
      return slot;
    }
    return begun < capacity ? begun++ : slots.pollFirstEntry().getValue();
  }

  /** Prefixes in it. */
  int size() {
    return slots.size();
  }

  /**
   * @throws IllegalStateException where a slot is used twice or lost
   */
  void checkIntegrity() {
    long distinct = slots.values().stream().distinct().count();
    if (distinct != slots.size() || slots.size() + free.size() != begun || begun > capacity) {
      throw new IllegalStateException(
          slots.size() + " slots used, " + free.size() + " free, " + begun + " of " + capacity);
    }
  }
}
