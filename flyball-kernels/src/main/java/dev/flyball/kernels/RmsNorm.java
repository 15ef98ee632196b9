package dev.flyball.kernels;

/**
 * Root mean square normalisation (arXiv:1910.07467): {@code x / sqrt(mean(x^2) + eps) * weight}.
 */
public final class RmsNorm {
  private RmsNorm() {}

  /**
   * Normalises one row of {@code weight.length} values; {@code out} may be {@code x} at the same
   * offset.
   */
  public static void apply(
      float[] x, int xOffset, float[] weight, double epsilon, float[] out, int outOffset) {
    int length = weight.length;
    float scale = (float) (1 / Math.sqrt(sumOfSquares(x, xOffset, length) / length + epsilon));
    for (int i = 0; i < length; i++) {
      out[outOffset + i] = x[xOffset + i] * scale * weight[i];
    }
  }

  private static double sumOfSquares(float[] x, int offset, int length) {
    double even = 0;
    double odd = 0;
    int i = 0;
    for (; i + 2 <= length; i += 2) {
      double a = x[offset + i];
      double b = x[offset + i + 1];
      even = Math.fma(a, a, even);
      odd = Math.fma(b, b, odd);
    }
    if (i < length) {
      double a = x[offset + i];
      even = Math.fma(a, a, even);
    }
    return even + odd;
  }
}
