package dev.flyball.engine.sample;

import java.util.Arrays;

/**
 * How often each of a few tokens occurred: a hash table with linear probing, since an array over
 * the vocabulary for every sequence would be mostly zeros. Grows by doubling.
 */
final class TokenCounts {
  private static final int FREE = -1;

  private int[] tokens;
  private int[] counts;
  private int size;

  TokenCounts() {
    tokens = new int[64];
    counts = new int[64];
    Arrays.fill(tokens, FREE);
  }

  void add(int token) {
    int slot = find(token);
    if (tokens[slot] == FREE) {
      tokens[slot] = token;
      size++;
    }
    counts[slot]++;
    if (size * 2 > tokens.length) {
      grow();
    }
  }

  /** Takes one occurrence back; the token must be counted. */
  void remove(int token) {
    int slot = find(token);
    if (--counts[slot] == 0) {
      size--;
      closeGap(slot);
    }
  }

  /** Number of slots; {@link #tokenAt} is negative for those that are free. */
  int slots() {
    return tokens.length;
  }

  int tokenAt(int slot) {
    return tokens[slot];
  }

  int countAt(int slot) {
    return counts[slot];
  }

  private int find(int token) {
    int mask = tokens.length - 1;
    int slot = home(token, mask);
    while (tokens[slot] != token && tokens[slot] != FREE) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static int home(int token, int mask) {
    int hash = token * 0x9E3779B9;
    return (hash ^ (hash >>> 16)) & mask;
  }

  /** Moves later entries of the probe chain forward, so that none lies behind a free slot. */
  private void closeGap(int removed) {
    int mask = tokens.length - 1;
    int gap = removed;
    for (int slot = (gap + 1) & mask; tokens[slot] != FREE; slot = (slot + 1) & mask) {
      int distanceFromHome = (slot - home(tokens[slot], mask)) & mask;
      int distanceFromGap = (slot - gap) & mask;
      if (distanceFromHome >= distanceFromGap) {
        tokens[gap] = tokens[slot];
        counts[gap] = counts[slot];
        gap = slot;
      }
    }
    tokens[gap] = FREE;
    counts[gap] = 0;
  }

  private void grow() {
    int[] oldTokens = tokens;
    int[] oldCounts = counts;
    tokens = new int[oldTokens.length * 2];
    counts = new int[oldTokens.length * 2];
    Arrays.fill(tokens, FREE);
    for (int i = 0; i < oldTokens.length; i++) {
      if (oldTokens[i] != FREE) {
        int slot = find(oldTokens[i]);
        tokens[slot] = oldTokens[i];
        counts[slot] = oldCounts[i];
      }
    }
  }
}
