package dev.flyball.kernels;

/**
 * The largest value of each block of {@value #BLOCK}: what a search for the best few of many values
 * looks at first.
 */
public final class BlockMaxima {
  /** Values of a block. */
  public static final int BLOCK = 128;

  private BlockMaxima() {}

  /** Blocks of so many values; the last may be shorter. */
  public static int blocks(int length) {
    return Math.ceilDiv(length, BLOCK);
  }

  /**
   * {@code maxima[b]} = the largest of {@code values[128 b]} up to {@code values[128 b + 127]},
   * leaving NaN out; negative infinity where nothing is left. Of zeros of both signs either.
   *
   * @param from the first block, whose maximum is {@code maxima[from]}
   * @param length of the values
   * @return whether a value is NaN or infinite
   */
  public static boolean compute(float[] values, int from, int length, float[] maxima) {
    boolean special = false;
    for (int block = from; block < blocks(length); block++) {
      int end = Math.min(length, (block + 1) * BLOCK);
      float max = Float.NEGATIVE_INFINITY;
      for (int i = block * BLOCK; i < end; i++) {
        special |= !(Math.abs(values[i]) <= Float.MAX_VALUE);
        max = values[i] > max ? values[i] : max;
      }
      maxima[block] = max;
    }
    return special;
  }
}
