package dev.flyball.engine.grammar;

import java.util.Arrays;

/**
 * Which tokens may come next. Immutable. Kept as a list of those allowed or of those forbidden
 * where one of them is short, else as bits: to apply it never costs more than a look at each 64
 * tokens and at each forbidden one.
 */
final class TokenMask {
  private final int vocabularySize;
  private final int allowedCount;
  private final boolean listsAllowed;

  /** Tokens where the list is shorter than the bits, else nothing. */
  private final int[] listed;

  /** A bit for each allowed token where there is no list, else nothing. */
  private final long[] bits;

  /**
   * A mask.
   *
   * @param allowed a bit for each token; kept, so not to be changed any more
   */
  TokenMask(long[] allowed, int vocabularySize) {
    this.vocabularySize = vocabularySize;
    allowedCount = count(allowed);
    listsAllowed = allowedCount <= vocabularySize / 2;
    int length = listsAllowed ? allowedCount : vocabularySize - allowedCount;
    boolean isList = length <= 2 * allowed.length;
    listed = new int[isList ? length : 0];
    bits = isList ? new long[0] : allowed;
    if (isList) {
      list(allowed);
    }
  }

  private static int count(long[] allowed) {
    int count = 0;
    for (long word : allowed) {
      count += Long.bitCount(word);
    }
    return count;
  }

  private void list(long[] allowed) {
    int count = 0;
    for (int word = 0; word < allowed.length; word++) {
      long wanted = listsAllowed ? allowed[word] : ~allowed[word];
      while (wanted != 0 && count < listed.length) {
        listed[count++] = (word << 6) + Long.numberOfTrailingZeros(wanted);
        wanted &= wanted - 1;
      }
    }
  }

  /** A bit for each allowed token. */
  long[] toBits() {
    if (bits.length > 0) {
      return bits.clone();
    }
    long[] all = new long[(vocabularySize + 63) / 64];
    if (!listsAllowed) {
      Arrays.fill(all, -1L);
      int last = vocabularySize & 63;
      all[all.length - 1] = last == 0 ? -1L : (1L << last) - 1;
    }
    for (int token : listed) {
      all[token >> 6] ^= 1L << token;
    }
    return all;
  }

  int allowedCount() {
    return allowedCount;
  }

  boolean allows(int token) {
    return bits.length > 0
        ? (bits[token >> 6] >>> token & 1) != 0
        : (Arrays.binarySearch(listed, token) >= 0) == listsAllowed;
  }

  /** Bytes of memory, nearly. */
  long sizeBytes() {
    return 4L * listed.length + 8L * bits.length;
  }

  /** Makes the logits of forbidden tokens minus infinity. */
  void apply(float[] logits) {
    if (bits.length > 0) {
      applyBits(logits);
    } else if (listsAllowed) {
      applyAllowed(logits);
    } else {
      for (int token : listed) {
        logits[token] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  private void applyAllowed(float[] logits) {
    float[] kept = new float[listed.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = logits[listed[i]];
    }
    Arrays.fill(logits, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < kept.length; i++) {
      logits[listed[i]] = kept[i];
    }
  }

  private void applyBits(float[] logits) {
    for (int word = 0; word < bits.length; word++) {
      long forbidden = ~bits[word];
      int first = word << 6;
      if (forbidden == -1L) {
        Arrays.fill(logits, first, Math.min(first + 64, vocabularySize), Float.NEGATIVE_INFINITY);
        continue;
      }
      while (forbidden != 0) {
        int token = first + Long.numberOfTrailingZeros(forbidden);
        if (token < vocabularySize) {
          logits[token] = Float.NEGATIVE_INFINITY;
        }
        forbidden &= forbidden - 1;
      }
    }
  }
}
