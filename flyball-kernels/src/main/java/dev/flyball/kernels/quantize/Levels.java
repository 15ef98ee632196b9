package dev.flyball.kernels.quantize;

/** Rounding to levels, and levels to bytes. */
final class Levels {
  /** 1.5 * 2^23: a float beside it has no fraction, and its lower bits are a signed integer. */
  private static final float ROUNDING_BIAS = 12_582_912f;

  private static final int MANTISSA = 0x007F_FFFF;
  private static final int MANTISSA_OF_BIAS = 0x0040_0000;

  /** Below this, a group counts as all zero. */
  static final float SMALLEST_MAXIMUM = 1e-15f;

  private Levels() {}

  /** The nearest integer, ties to even, of a value below 2^22; 0 for NaN, as ggml has it. */
  static int nearest(float value) {
    return (Float.floatToRawIntBits(value + ROUNDING_BIAS) & MANTISSA) - MANTISSA_OF_BIAS;
  }

  static int nearest(float value, int lowest, int highest) {
    return Math.clamp(nearest(value), lowest, highest);
  }

  /** The value of the largest magnitude, the first of equals. */
  static float extreme(float[] x, int from, int count) {
    float extreme = 0;
    float magnitude = 0;
    for (int i = 0; i < count; i++) {
      float value = x[from + i];
      if (Math.abs(value) > magnitude) {
        magnitude = Math.abs(value);
        extreme = value;
      }
    }
    return extreme;
  }

  /** 1 / value, or 0. */
  static float inverse(float value) {
    return value == 0 ? 0 : 1 / value;
  }

  /** Puts levels j and j + 16 of 32 into the lower and upper half of byte j. */
  static void packPairs(int[] levels, int from, byte[] target, int to) {
    for (int j = 0; j < 16; j++) {
      target[to + j] = (byte) ((levels[from + j] & 0xF) | ((levels[from + 16 + j] & 0xF) << 4));
    }
  }

  /** Puts 2 bits each of levels l, l + 32, l + 64 and l + 96 of every 128 into byte l of 32. */
  static void packQuarters(int[] levels, byte[] target, int to) {
    for (int half = 0; half < 2; half++) {
      for (int l = 0; l < 32; l++) {
        int at = 128 * half + l;
        target[to + 32 * half + l] =
            (byte)
                ((levels[at] & 3)
                    | (levels[at + 32] & 3) << 2
                    | (levels[at + 64] & 3) << 4
                    | (levels[at + 96] & 3) << 6);
      }
    }
  }
}
