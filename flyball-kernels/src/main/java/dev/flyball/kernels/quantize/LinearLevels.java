package dev.flyball.kernels.quantize;

/**
 * Encodes blocks of 32 values with levels at equal distances: {@code d * (q - offset)} in the
 * {@code _0} formats, where the value of the largest magnitude becomes the lowest level, and {@code
 * d * q + m} in the {@code _1} formats, from the smallest to the largest value.
 *
 * <p>Source: ggml's reference quantisation of Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0.
 */
final class LinearLevels {
  private static final int VALUES = 32;

  private final int[] levels = new int[VALUES];
  private float scale;
  private float minimum;

  private LinearLevels() {}

  static void encodeQ40(float[] source, int from, byte[] target, int to, int blocks) {
    LinearLevels block = new LinearLevels();
    for (int b = 0; b < blocks; b++) {
      block.fitSigned(source, from + VALUES * b, 8);
      int at = to + 18 * b;
      var _ = LittleEndian.putHalf(target, at, block.scale);
      Levels.packPairs(block.levels, 0, target, at + 2);
    }
  }

  static void encodeQ41(float[] source, int from, byte[] target, int to, int blocks) {
    LinearLevels block = new LinearLevels();
    for (int b = 0; b < blocks; b++) {
      block.fitBetweenExtremes(source, from + VALUES * b, 15);
      int at = to + 20 * b;
      block.putScaleAndMinimum(target, at);
      Levels.packPairs(block.levels, 0, target, at + 4);
    }
  }

  static void encodeQ50(float[] source, int from, byte[] target, int to, int blocks) {
    LinearLevels block = new LinearLevels();
    for (int b = 0; b < blocks; b++) {
      block.fitSigned(source, from + VALUES * b, 16);
      int at = to + 22 * b;
      var _ = LittleEndian.putHalf(target, at, block.scale);
      LittleEndian.putInt(target, at + 2, block.fifthBits());
      Levels.packPairs(block.levels, 0, target, at + 6);
    }
  }

  static void encodeQ51(float[] source, int from, byte[] target, int to, int blocks) {
    LinearLevels block = new LinearLevels();
    for (int b = 0; b < blocks; b++) {
      block.fitBetweenExtremes(source, from + VALUES * b, 31);
      int at = to + 24 * b;
      block.putScaleAndMinimum(target, at);
      LittleEndian.putInt(target, at + 4, block.fifthBits());
      Levels.packPairs(block.levels, 0, target, at + 8);
    }
  }

  static void encodeQ80(float[] source, int from, byte[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      int first = from + VALUES * b;
      float d = Math.abs(Levels.extreme(source, first, VALUES)) / 127;
      float inverse = Levels.inverse(d);
      int at = to + 34 * b;
      var _ = LittleEndian.putHalf(target, at, d);
      for (int j = 0; j < VALUES; j++) {
        target[at + 2 + j] = (byte) roundAwayFromZero(source[first + j] * inverse);
      }
    }
  }

  /** To the nearest integer, a tie to the one of larger magnitude. */
  private static int roundAwayFromZero(float value) {
    int magnitude = (int) (Math.abs((double) value) + 0.5);
    return value < 0 ? -magnitude : magnitude;
  }

  private void putScaleAndMinimum(byte[] target, int at) {
    var _ = LittleEndian.putHalf(target, at, scale);
    var _ = LittleEndian.putHalf(target, at + 2, minimum);
  }

  private void fitSigned(float[] x, int from, int offset) {
    scale = Levels.extreme(x, from, VALUES) / -offset;
    float inverse = Levels.inverse(scale);
    for (int j = 0; j < VALUES; j++) {
      levels[j] = Math.clamp((int) (x[from + j] * inverse + (offset + 0.5f)), 0, 2 * offset - 1);
    }
  }

  private void fitBetweenExtremes(float[] x, int from, int highest) {
    minimum = x[from];
    float maximum = x[from];
    for (int j = 1; j < VALUES; j++) {
      minimum = x[from + j] < minimum ? x[from + j] : minimum;
      maximum = x[from + j] > maximum ? x[from + j] : maximum;
    }
    scale = (maximum - minimum) / highest;
    float inverse = Levels.inverse(scale);
    for (int j = 0; j < VALUES; j++) {
      levels[j] = Math.clamp((int) ((x[from + j] - minimum) * inverse + 0.5f), 0, highest);
    }
  }

  private int fifthBits() {
    int bits = 0;
    for (int j = 0; j < VALUES; j++) {
      bits |= (levels[j] >> 4) << j;
    }
    return bits;
  }
}
