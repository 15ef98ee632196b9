package dev.flyball.kernels.quantize;

/**
 * Encodes formats whose levels are places in a table of 16 unevenly spaced values.
 *
 * <p>Source: ggml's quantisation of IQ4_NL, IQ4_XS and MXFP4; OCP Microscaling Formats 1.0.
 */
final class TableLevels {
  private static final int GROUP_VALUES = 32;
  private static final float[] IQ4_VALUES = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /** Twice the magnitudes of a 4-bit float with 2 bits of exponent and 1 of mantissa. */
  private static final float[] E2M1_DOUBLED = {0, 1, 2, 3, 4, 6, 8, 12};

  private static final int TRIALS_EACH_SIDE = 7;

  private final int[] levels = new int[GROUP_VALUES];
  private final float[] scales = new float[8];
  private float sumQx;
  private float sumQ2;

  private final Importance importance;
  private final float[] weights = new float[GROUP_VALUES];

  /** Twice the mean of squares of the block. */
  private float spread;

  private TableLevels(Importance importance) {
    this.importance = importance;
  }

  static void encodeIq4Nl(
      float[] source, int from, byte[] target, int to, int blocks, Importance importance) {
    TableLevels block = new TableLevels(importance);
    for (int b = 0; b < blocks; b++) {
      int first = from + GROUP_VALUES * b;
      block.findSpread(source, first, GROUP_VALUES);
      float scale = block.fitScale(source, first, GROUP_VALUES * b);
      var _ = LittleEndian.putHalf(target, to + 18 * b, scale);
      block.takeLevels(source, first, Levels.inverse(scale));
      Levels.packPairs(block.levels, 0, target, to + 18 * b + 2);
    }
  }

  static void encodeIq4Xs(
      float[] source, int from, byte[] target, int to, int blocks, Importance importance) {
    TableLevels block = new TableLevels(importance);
    for (int b = 0; b < blocks; b++) {
      block.encodeIq4Xs(source, from + 256 * b, 256 * b, target, to + 136 * b);
    }
  }

  private void encodeIq4Xs(float[] x, int from, int column, byte[] target, int at) {
    findSpread(x, from, 256);
    for (int group = 0; group < 8; group++) {
      scales[group] = fitScale(x, from + GROUP_VALUES * group, column + GROUP_VALUES * group);
    }
    float d = -Levels.extreme(scales, 0, 8) / 32;
    float inverse = Levels.inverse(d);
    var _ = LittleEndian.putHalf(target, at, d);
    int upperBits = 0;
    int lower = 0;
    for (int group = 0; group < 8; group++) {
      int scale = Levels.nearest(inverse * scales[group], -32, 31);
      takeLevels(x, from + GROUP_VALUES * group, Levels.inverse(d * scale));
      Levels.packPairs(levels, 0, target, at + 8 + 16 * group);
      upperBits |= ((scale + 32) >> 4) << (2 * group);
      lower |= ((scale + 32) & 0xF) << (4 * group);
    }
    LittleEndian.putShort(target, at + 2, upperBits);
    LittleEndian.putInt(target, at + 4, lower);
  }

  /**
   * The scale of the best fit, a value weighing its square where nothing is known, among those that
   * bring the value of the largest magnitude near one of the table's ends.
   */
  private float fitScale(float[] x, int from, int column) {
    float extreme = Levels.extreme(x, from, GROUP_VALUES);
    if (Math.abs(extreme) < Levels.SMALLEST_MAXIMUM) {
      return 0;
    }
    weigh(x, from, column);
    sum(x, from, 1 / (-extreme / IQ4_VALUES[0]));
    float scale = sumQ2 > 0 ? sumQx / sumQ2 : 0;
    float best = scale * sumQx;
    for (int step = -TRIALS_EACH_SIDE; step <= TRIALS_EACH_SIDE; step++) {
      sum(x, from, (step + IQ4_VALUES[0]) / extreme);
      if (sumQ2 > 0 && sumQx * sumQx > best * sumQ2) {
        scale = sumQx / sumQ2;
        best = scale * sumQx;
      }
    }
    return scale;
  }

  private void findSpread(float[] x, int from, int count) {
    spread = importance.isKnown() ? Importance.sumOfSquares(x, from, count) * (2f / count) : 0;
  }

  private void weigh(float[] x, int from, int column) {
    if (importance.isKnown()) {
      importance.weigh(x, from, column, spread, weights);
      return;
    }
    for (int j = 0; j < GROUP_VALUES; j++) {
      weights[j] = x[from + j] * x[from + j];
    }
  }

  private void sum(float[] x, int from, float inverse) {
    sumQx = 0;
    sumQ2 = 0;
    for (int j = 0; j < GROUP_VALUES; j++) {
      float value = x[from + j];
      float q = IQ4_VALUES[nearestPlace(inverse * value)];
      float weight = weights[j];
      sumQx += weight * q * value;
      sumQ2 += weight * q * q;
    }
  }

  private void takeLevels(float[] x, int from, float inverse) {
    for (int j = 0; j < GROUP_VALUES; j++) {
      levels[j] = nearestPlace(inverse * x[from + j]);
    }
  }

  /** The place of the nearest value of the table, the upper one of two that are equally near. */
  private static int nearestPlace(float value) {
    int low = 0;
    int high = IQ4_VALUES.length - 1;
    if (value <= IQ4_VALUES[low]) {
      return low;
    }
    if (value >= IQ4_VALUES[high]) {
      return high;
    }
    while (high - low > 1) {
      int middle = (low + high) / 2;
      if (value < IQ4_VALUES[middle]) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return value - IQ4_VALUES[high - 1] < IQ4_VALUES[high] - value ? high - 1 : high;
  }

  /** The exponent is that of the largest magnitude, so that it lies at 4 to 8 of the table's 6. */
  static void encodeMxfp4(float[] source, int from, byte[] target, int to, int blocks) {
    TableLevels block = new TableLevels(Importance.UNKNOWN);
    for (int b = 0; b < blocks; b++) {
      int first = from + GROUP_VALUES * b;
      int exponent = sharedExponent(Math.abs(Levels.extreme(source, first, GROUP_VALUES)));
      float half = halfOfE8M0(exponent);
      for (int j = 0; j < GROUP_VALUES; j++) {
        block.levels[j] = nearestE2M1(source[first + j], half);
      }
      target[to + 17 * b] = (byte) exponent;
      Levels.packPairs(block.levels, 0, target, to + 17 * b + 1);
    }
  }

  /**
   * Biased by 127, and 2 below that of the magnitude, since the table's largest value is 1.5 * 2^2.
   */
  private static int sharedExponent(float magnitude) {
    if (magnitude == 0) {
      return 0;
    }
    float logarithm = (float) (Math.log(magnitude) / Math.log(2));
    return Math.max(0, (int) Math.floor(logarithm) - 2 + 127);
  }

  /** 2^(exponent - 128), of which the first two are subnormal. */
  private static float halfOfE8M0(int exponent) {
    return Float.intBitsToFloat(exponent < 2 ? 0x0020_0000 << exponent : (exponent - 1) << 23);
  }

  /** The level of the least error, the one of smaller magnitude of two. */
  private static int nearestE2M1(float value, float half) {
    int best = 0;
    float bestError = Math.abs(value);
    float sign = value < 0 ? -half : half;
    for (int i = 1; i < E2M1_DOUBLED.length; i++) {
      float error = Math.abs(E2M1_DOUBLED[i] * sign - value);
      if (error < bestError) {
        best = i;
        bestError = error;
      }
    }
    return value < 0 && best > 0 ? best + 8 : best;
  }
}
