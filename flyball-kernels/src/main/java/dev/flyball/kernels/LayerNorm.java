package dev.flyball.kernels;

/**
 * Layer normalisation (arXiv:1607.06450): {@code (x - mean(x)) / sqrt(variance(x) + eps) * weight +
 * bias}.
 */
public final class LayerNorm {
  private LayerNorm() {}

  /**
   * Normalises one row of {@code weight.length} values; {@code out} may be {@code x} at the same
   * offset.
   *
   * @param bias as long as {@code weight}
   */
  public static void apply(
      float[] x,
      int xOffset,
      float[] weight,
      float[] bias,
      double epsilon,
      float[] out,
      int outOffset) {
    int length = weight.length;
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += x[xOffset + i];
    }
    double mean = sum / length;
    double squares = 0;
    for (int i = 0; i < length; i++) {
      double centred = x[xOffset + i] - mean;
      squares = Math.fma(centred, centred, squares);
    }
    double scale = 1 / Math.sqrt(squares / length + epsilon);
    for (int i = 0; i < length; i++) {
      out[outOffset + i] = (float) ((x[xOffset + i] - mean) * scale) * weight[i] + bias[i];
    }
  }
}
