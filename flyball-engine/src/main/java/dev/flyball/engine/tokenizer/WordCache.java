package dev.flyball.engine.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of words seen before. Holds one word per slot: a new one replaces what was there, so
 * that the cache never grows beyond {@value #SLOTS} words of {@value #LONGEST_BYTES} bytes. Many
 * threads may use it without locks: entries are immutable, and a lost update only costs time.
 */
final class WordCache {
  static final int LONGEST_BYTES = 48;
  static final int SLOTS = 1 << 14;

  private final @Nullable Entry[] entries = new @Nullable Entry[SLOTS];

  private static final class Entry {
    final byte[] word;
    final int[] ids;

    Entry(byte[] word, int[] ids) {
      this.word = word;
      this.ids = ids;
    }
  }

  /** Appends the ids of a word; false where they are not known. */
  boolean addTo(IntList ids, byte[] word, int length) {
    Entry entry = entries[slot(word, length)];
    if (entry == null || !Arrays.equals(entry.word, 0, entry.word.length, word, 0, length)) {
      return false;
    }
    ids.addAll(entry.ids);
    return true;
  }

  void put(byte[] word, int length, int[] ids) {
    entries[slot(word, length)] = new Entry(Arrays.copyOf(word, length), ids);
  }

  private static int slot(byte[] word, int length) {
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = hash * 31 + word[i];
    }
    hash *= 0x9E37_79B1;
    return (hash ^ (hash >>> 15)) & (SLOTS - 1);
  }
}
