package dev.flyball.kernels.attention;

/**
 * Merges what a query has come to over several parts of its context, computed apart
 * (arXiv:2112.05682). A part is
 *
 * <pre>
 * maximum, sum of weights, (valueLength) weighted values
 * </pre>
 *
 * with the maximum in units of ln 2.
 */
public final class PartialAttention {
  static final int HEADER = 2;

  private PartialAttention() {}

  /** Floats of a part. */
  public static int length(int valueLength) {
    return HEADER + valueLength;
  }

  /** A score as the maximum of a part. */
  public static float maximum(float score) {
    return (float) (score / OnlineSoftmax.UNIT);
  }

  /**
   * Merges {@code count} parts, {@code stride} floats apart, into {@code valueLength} values. The
   * query must see a token in at least one of them.
   */
  public static void merge(
      float[] parts, int first, int stride, int count, int valueLength, float[] out, int offset) {
    float maximum = parts[first];
    for (int i = 1; i < count; i++) {
      maximum = Math.max(maximum, parts[first + i * stride]);
    }
    float sum = 0;
    for (int i = 0; i < count; i++) {
      int part = first + i * stride;
      sum += parts[part + 1] * weight(parts[part], maximum);
    }
    for (int i = 0; i < count; i++) {
      int part = first + i * stride;
      float weight = weight(parts[part], maximum) / sum;
      for (int d = 0; d < valueLength; d++) {
        float before = i == 0 ? 0 : out[offset + d];
        out[offset + d] = before + weight * parts[part + HEADER + d];
      }
    }
  }

  /** What sums of a part are multiplied by where the maximum of all parts is {@code ofAll}. */
  public static float weight(float ofPart, float ofAll) {
    return (float) Math.pow(2, (double) ofPart - ofAll);
  }
}
