package dev.flyball.kernels;

/**
 * A causal convolution of each channel over its last few values, some channels at a time: {@code
 * out[t][c] = curve(bias[c] + sum over i of weight[i][c] * window[t + i][c])}.
 */
public final class ChannelConvolution {
  /** Most channels at a time: the length of a window's row. */
  public static final int SLICE = 512;

  /** Most tokens at a time. */
  public static final int MOST_TOKENS = 32;

  /** Whether a curve is put over the results. */
  public enum Finish {
    NONE,
    SILU
  }

  private ChannelConvolution() {}

  /**
   * Convolves a slice of the channels.
   *
   * @param weight (length + 1, channels), the oldest token's first; the bias in its last row
   * @param length tokens that a result depends on
   * @param channels of a token
   * @param window (length - 1 + tokens, {@value #SLICE}): the slice of the tokens and of those
   *     before them
   * @param places where in {@code out} each token's results go
   * @param tokens at most {@value #MOST_TOKENS}
   * @param from first channel of the slice
   * @param count channels of the slice
   */
  public static void apply(
      float[] weight,
      int length,
      int channels,
      Finish finish,
      float[] window,
      float[] out,
      int[] places,
      int tokens,
      int from,
      int count) {
    for (int t = 0; t < tokens; t++) {
      int at = places[t];
      System.arraycopy(weight, length * channels + from, out, at, count);
      for (int i = 0; i < length; i++) {
        addProducts(weight, i * channels + from, window, (t + i) * SLICE, out, at, count);
      }
      if (finish == Finish.SILU) {
        for (int c = at; c < at + count; c++) {
          out[c] = (float) ActivationCurve.SILU.of(out[c]);
        }
      }
    }
  }

  private static void addProducts(
      float[] a, int aOffset, float[] b, int bOffset, float[] sum, int sumOffset, int count) {
    for (int i = 0; i < count; i++) {
      sum[sumOffset + i] += a[aOffset + i] * b[bOffset + i];
    }
  }
}
