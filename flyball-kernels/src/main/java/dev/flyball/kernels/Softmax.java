package dev.flyball.kernels;

/** {@code exp(x_i) / sum(exp(x_j))}, in place. */
public final class Softmax {
  private Softmax() {}

  /** Turns {@code length} scores, at least one, into weights that sum to 1. */
  public static void apply(float[] x, int offset, int length) {
    float max = x[offset];
    for (int i = 1; i < length; i++) {
      max = Math.max(max, x[offset + i]);
    }
    double sum = 0;
    for (int i = 0; i < length; i++) {
      double e = Math.exp(x[offset + i] - max);
      x[offset + i] = (float) e;
      sum += e;
    }
    float scale = (float) (1 / sum);
    for (int i = 0; i < length; i++) {
      x[offset + i] *= scale;
    }
  }
}
