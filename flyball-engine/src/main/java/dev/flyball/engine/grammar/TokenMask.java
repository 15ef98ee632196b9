package dev.flyball.engine.grammar;

import java.util.Arrays;

/**
 * Which tokens may come next. Immutable. Kept as the list of those allowed or of those forbidden,
 * whichever is shorter, so that to apply it costs one look at each token of the list.
 */
final class TokenMask {
  private final int[] listed;
  private final boolean listsAllowed;
  private final int allowedCount;

  /**
   * A mask.
   *
   * @param allowed a bit for each token
   */
  TokenMask(long[] allowed, int vocabularySize) {
    allowedCount = Arrays.stream(allowed).mapToInt(Long::bitCount).sum();
    listsAllowed = allowedCount <= vocabularySize / 2;
    listed = new int[listsAllowed ? allowedCount : vocabularySize - allowedCount];
    int count = 0;
    for (int token = 0; token < vocabularySize; token++) {
      if (((allowed[token >> 6] >>> token & 1) != 0) == listsAllowed) {
        listed[count++] = token;
      }
    }
  }

  int allowedCount() {
    return allowedCount;
  }

  boolean allows(int token) {
    return (Arrays.binarySearch(listed, token) >= 0) == listsAllowed;
  }

  /** Bytes of memory, nearly. */
  long sizeBytes() {
    return 4L * listed.length;
  }

  /** Makes the logits of forbidden tokens minus infinity. */
  void apply(float[] logits) {
    if (!listsAllowed) {
      for (int token : listed) {
        logits[token] = Float.NEGATIVE_INFINITY;
      }
      return;
    }
    float[] kept = new float[listed.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = logits[listed[i]];
    }
    Arrays.fill(logits, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < kept.length; i++) {
      logits[listed[i]] = kept[i];
    }
  }
}
