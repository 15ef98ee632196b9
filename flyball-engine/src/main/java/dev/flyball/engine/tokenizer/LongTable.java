package dev.flyball.engine.tokenizer;

import java.util.Arrays;

/**
 * A hash table from keys of 64 bits to values that are not negative, with linear probing. Once
 * filled it may be read by many threads.
 */
final class LongTable {
  /** The value of a key that is not there. */
  static final long NONE = -1;

  private static final long HASH_FACTOR = 0x9E37_79B9_7F4A_7C15L;

  private long[] keys;
  private long[] values;
  private int shift;
  private int size;

  LongTable(int expectedSize) {
    int bits = Math.max(4, 33 - Integer.numberOfLeadingZeros(Math.max(expectedSize, 1)));
    keys = new long[1 << bits];
    values = new long[1 << bits];
    Arrays.fill(values, NONE);
    shift = 64 - bits;
  }

  /** The value of a key, or {@link #NONE}. */
  long get(long key) {
    return values[slot(key)];
  }

  /** Sets the value of a key unless it has one. */
  void putIfAbsent(long key, long value) {
    int slot = slot(key);
    if (values[slot] != NONE) {
      return;
    }
    keys[slot] = key;
    values[slot] = value;
    size++;
    if (size > keys.length / 2) {
      grow();
    }
  }

  private int slot(long key) {
    int slot = (int) ((key * HASH_FACTOR) >>> shift);
    while (values[slot] != NONE && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new long[oldKeys.length * 2];
    Arrays.fill(values, NONE);
    shift--;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != NONE) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
