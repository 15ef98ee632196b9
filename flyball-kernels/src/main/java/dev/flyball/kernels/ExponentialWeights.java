package dev.flyball.kernels;

/**
 * What softmax gives every value before they are divided by their sum: e to the power of {@code
 * (value - max) * scale}.
 */
public final class ExponentialWeights {
  /** Below this exponent the smallest normal number stands for the power. */
  private static final float SMALLEST_EXPONENT = -87.3f;

  private ExponentialWeights() {}

  /**
   * {@code weights[i] = exp((values[i] - max) * scale)}, and the sums of each {@link
   * BlockMaxima#BLOCK} of them. Values are finite or negative infinity, and at most {@code max}.
   *
   * @param from the first block, whose sum is {@code sums[from]}
   * @param length of the values
   * @param scale positive
   */
  public static void compute(
      float[] values, int from, int length, float max, float scale, float[] weights, float[] sums) {
    for (int block = from; block < BlockMaxima.blocks(length); block++) {
      int end = Math.min(length, (block + 1) * BlockMaxima.BLOCK);
      float sum = 0;
      for (int i = block * BlockMaxima.BLOCK; i < end; i++) {
        float exponent = Math.max((values[i] - max) * scale, SMALLEST_EXPONENT);
        weights[i] = (float) Math.exp(exponent);
        sum += weights[i];
      }
      sums[block] = sum;
    }
  }
}
