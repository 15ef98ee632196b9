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

  private final float[] x;
  private final int rowFrom;
  private final Importance importance;

  /** The row's mean of squares. */
  private final float spread;

  private LinearLevels(float[] x, int rowFrom, int blocks, Importance importance) {
    this.x = x;
    this.rowFrom = rowFrom;
    this.importance = importance;
    int count = VALUES * blocks;
    spread = importance.isKnown() ? Importance.sumOfSquares(x, rowFrom, count) / count : 0;
  }

  static void encodeQ40(
      float[] source, int from, byte[] target, int to, int blocks, Importance importance) {
    LinearLevels block = new LinearLevels(source, from, blocks, importance);
    for (int b = 0; b < blocks; b++) {
      block.fitSigned(b, 8);
      int at = to + 18 * b;
      var _ = LittleEndian.putHalf(target, at, block.scale);
      Levels.packPairs(block.levels, 0, target, at + 2);
    }
  }

  static void encodeQ41(
      float[] source, int from, byte[] target, int to, int blocks, Importance importance) {
    LinearLevels block = new LinearLevels(source, from, blocks, importance);
    for (int b = 0; b < blocks; b++) {
      block.fitBetweenExtremes(b, 15);
      int at = to + 20 * b;
      block.putScaleAndMinimum(target, at);
      Levels.packPairs(block.levels, 0, target, at + 4);
    }
  }

  static void encodeQ50(
      float[] source, int from, byte[] target, int to, int blocks, Importance importance) {
    LinearLevels block = new LinearLevels(source, from, blocks, importance);
    for (int b = 0; b < blocks; b++) {
      block.fitSigned(b, 16);
      int at = to + 22 * b;
      var _ = LittleEndian.putHalf(target, at, block.scale);
      LittleEndian.putInt(target, at + 2, block.fifthBits());
      Levels.packPairs(block.levels, 0, target, at + 6);
    }
  }

  static void encodeQ51(
      float[] source, int from, byte[] target, int to, int blocks, Importance importance) {
    LinearLevels block = new LinearLevels(source, from, blocks, importance);
    for (int b = 0; b < blocks; b++) {
      block.fitBetweenExtremes(b, 31);
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

  private void fitSigned(int block, int offset) {
    int from = rowFrom + VALUES * block;
    if (importance.isKnown()) {
      SignedFit fit = new SignedFit(VALUES, offset);
      importance.weigh(x, from, VALUES * block, spread, fit.weights());
      scale = fit.fitByScales(x, from, levels, 0);
      return;
    }
    scale = Levels.extreme(x, from, VALUES) / -offset;
    float inverse = Levels.inverse(scale);
    for (int j = 0; j < VALUES; j++) {
      levels[j] = Math.clamp((int) (x[from + j] * inverse + (offset + 0.5f)), 0, 2 * offset - 1);
    }
  }

  private void fitBetweenExtremes(int block, int highest) {
    int from = rowFrom + VALUES * block;
    if (importance.isKnown()) {
      MinimumFit fit = MinimumFit.byImportance(VALUES, highest);
      importance.weigh(x, from, VALUES * block, spread, fit.weights());
      fit.fit(x, from, levels, 0);
      scale = fit.scale();
      minimum = -fit.minimum();
      return;
    }
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
