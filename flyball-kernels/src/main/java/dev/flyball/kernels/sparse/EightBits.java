package dev.flyball.kernels.sparse;

import java.util.Arrays;

/**
 * 32 values in eight bits with one scale, the same ones that whole products round their input to: a
 * 127th of the largest magnitude, values to the nearest. Where one is NaN or infinite the scale is,
 * and so do products become. Filled again for each block; not thread-safe.
 */
final class EightBits {
  static final int BLOCK = 32;

  private static final int MAGNITUDE = 0x7fffffff;
  private static final int LARGEST_CODE = 127;

  /** Beside it, floats are whole numbers: adding it rounds to the nearest, halves to even. */
  private static final float TO_NEAREST = 1.5f * (1 << 23);

  private static final int TO_NEAREST_BITS = Float.floatToRawIntBits(TO_NEAREST);

  private final int[] codes = new int[BLOCK];
  private float scale;

  void read(float[] x, int from) {
    int largest = 0;
    for (int i = 0; i < BLOCK; i++) {
      // As ints, magnitudes are in the order of floats, with NaN on top.
      largest = Math.max(largest, Float.floatToRawIntBits(x[from + i]) & MAGNITUDE);
    }
    float limit = Float.intBitsToFloat(largest) / LARGEST_CODE;
    scale = limit < Float.MIN_NORMAL ? Float.MIN_NORMAL : limit;
    if (!(scale <= Float.MAX_VALUE)) {
      Arrays.fill(codes, LARGEST_CODE);
      return;
    }
    float inverse = 1 / scale;
    for (int i = 0; i < BLOCK; i++) {
      float shifted = x[from + i] * inverse + TO_NEAREST;
      codes[i] = Float.floatToRawIntBits(shifted) - TO_NEAREST_BITS;
    }
  }

  int code(int i) {
    return codes[i];
  }

  float scale() {
    return scale;
  }
}
