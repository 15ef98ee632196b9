package dev.flyball.kernels.quantize;

/**
 * Encodes blocks of 256 values in groups with a scale and a minimum, which are themselves rounded
 * to small multiples of two f16 of the block; levels are then taken anew for the rounded ones.
 *
 * <p>Source: ggml's reference quantisation of Q2_K, Q4_K and Q5_K.
 */
final class MinimumGroups {
  private static final int VALUES = 256;

  private final int groupValues;
  private final int highestLevel;
  private final int highestScale;
  private final Importance importance;
  private final MinimumFit fit;
  private final PositiveFit scaleFit;
  private final float[] groupWeights;
  private final float[] scales;
  private final float[] minimums;
  private final int[] scaleLevels;
  private final int[] minimumLevels;
  private final int[] levels = new int[VALUES];
  private float largestScale;
  private float largestMinimum;

  /**
   * @param fitByValues the search where the importance of columns is not known
   */
  private MinimumGroups(
      int groupValues,
      int highestLevel,
      int highestScale,
      Importance importance,
      MinimumFit fitByValues) {
    int groups = VALUES / groupValues;
    this.importance = importance;
    this.groupValues = groupValues;
    this.highestLevel = highestLevel;
    this.highestScale = highestScale;
    this.fit =
        importance.isKnown() ? MinimumFit.byImportance(groupValues, highestLevel) : fitByValues;
    this.scaleFit = new PositiveFit(groups, highestScale);
    this.groupWeights = new float[groups];
    this.scales = new float[groups];
    this.minimums = new float[groups];
    this.scaleLevels = new int[groups];
    this.minimumLevels = new int[groups];
  }

  static void encodeQ2K(
      float[] source, int from, byte[] target, int to, int blocks, Importance importance) {
    MinimumGroups block =
        new MinimumGroups(16, 3, 15, importance, new MinimumFit(16, 3, -0.5f, 0.1f, 15, true));
    for (int b = 0; b < blocks; b++) {
      int at = to + 84 * b;
      block.encodeGroups(source, from + VALUES * b, VALUES * b, target, at + 80, at + 82);
      for (int group = 0; group < 16; group++) {
        target[at + group] = (byte) (block.scaleLevels[group] | (block.minimumLevels[group] << 4));
      }
      Levels.packQuarters(block.levels, target, at + 16);
    }
  }

  static void encodeQ4K(
      float[] source, int from, byte[] target, int to, int blocks, Importance importance) {
    MinimumGroups block =
        new MinimumGroups(32, 15, 63, importance, new MinimumFit(32, 15, -1f, 0.1f, 20, false));
    for (int b = 0; b < blocks; b++) {
      int at = to + 144 * b;
      block.encodeGroups(source, from + VALUES * b, VALUES * b, target, at, at + 2);
      block.packScales(target, at + 4);
      block.packNibbles(target, at + 16);
    }
  }

  static void encodeQ5K(
      float[] source, int from, byte[] target, int to, int blocks, Importance importance) {
    MinimumGroups block =
        new MinimumGroups(32, 31, 63, importance, new MinimumFit(32, 31, -0.5f, 0.1f, 15, false));
    for (int b = 0; b < blocks; b++) {
      int at = to + 176 * b;
      block.encodeGroups(source, from + VALUES * b, VALUES * b, target, at, at + 2);
      block.packScales(target, at + 4);
      block.packFifthBits(target, at + 16);
      block.packNibbles(target, at + 48);
    }
  }

  /**
   * @param column of the block's first value
   */
  private void encodeGroups(
      float[] x, int from, int column, byte[] target, int scaleAt, int minimumAt) {
    fitGroups(x, from, column);
    float d = LittleEndian.putHalf(target, scaleAt, unit(scales, largestScale, scaleLevels));
    float dmin =
        LittleEndian.putHalf(target, minimumAt, unit(minimums, largestMinimum, minimumLevels));
    for (int group = 0; group < scales.length; group++) {
      float scale = d * scaleLevels[group];
      if (scale == 0) {
        continue;
      }
      float minimum = dmin * minimumLevels[group];
      int first = groupValues * group;
      for (int i = first; i < first + groupValues; i++) {
        levels[i] = Levels.nearest((x[from + i] + minimum) / scale, 0, highestLevel);
      }
    }
  }

  /** Rounds the groups' scales, or minimums, to multiples of what is returned. */
  private float unit(float[] values, float largest, int[] rounded) {
    if (importance.isKnown()) {
      float unit = scaleFit.fit(values, groupWeights);
      System.arraycopy(scaleFit.levels(), 0, rounded, 0, rounded.length);
      return unit;
    }
    roundTo(values, largest, rounded);
    return largest > 0 ? largest / highestScale : 0;
  }

  private void fitGroups(float[] x, int from, int column) {
    float spread = importance.isKnown() ? spread(x, from) : 0;
    largestScale = 0;
    largestMinimum = 0;
    for (int group = 0; group < scales.length; group++) {
      int first = groupValues * group;
      if (importance.isKnown()) {
        importance.weigh(x, from + first, column + first, spread, fit.weights());
        groupWeights[group] = Importance.sum(fit.weights());
      } else {
        weigh(x, from + first);
      }
      fit.fit(x, from + first, levels, first);
      scales[group] = fit.scale();
      minimums[group] = fit.minimum();
      largestScale = scales[group] > largestScale ? scales[group] : largestScale;
      largestMinimum = minimums[group] > largestMinimum ? minimums[group] : largestMinimum;
    }
  }

  /** The block's mean of squares, twice where there are more than 2 bits. */
  private float spread(float[] x, int from) {
    float sum = Importance.sumOfSquares(x, from, VALUES);
    return highestLevel > 3 ? 2 * sum / VALUES : sum / VALUES;
  }

  /** A value weighs its magnitude; where there are more than 2 bits, the group's RMS as well. */
  private void weigh(float[] x, int from) {
    float rms = 0;
    if (highestLevel > 3) {
      float sum = 0;
      for (int i = 0; i < groupValues; i++) {
        sum += x[from + i] * x[from + i];
      }
      rms = (float) Math.sqrt(sum / groupValues);
    }
    float[] weights = fit.weights();
    for (int i = 0; i < groupValues; i++) {
      weights[i] = rms + Math.abs(x[from + i]);
    }
  }

  private void roundTo(float[] values, float largest, int[] rounded) {
    float inverse = largest > 0 ? highestScale / largest : 0;
    for (int group = 0; group < values.length; group++) {
      rounded[group] = Levels.nearest(inverse * values[group], 0, highestScale);
    }
  }

  /** The 6-bit scales and minimums of 8 groups in 12 bytes, as Q4_K and Q5_K lay them out. */
  private void packScales(byte[] target, int at) {
    for (int group = 0; group < 4; group++) {
      int scale = scaleLevels[group + 4];
      int minimum = minimumLevels[group + 4];
      target[at + group] = (byte) (scaleLevels[group] | (scale >> 4) << 6);
      target[at + 4 + group] = (byte) (minimumLevels[group] | (minimum >> 4) << 6);
      target[at + 8 + group] = (byte) ((scale & 0xF) | (minimum & 0xF) << 4);
    }
  }

  private void packNibbles(byte[] target, int at) {
    for (int pair = 0; pair < 4; pair++) {
      for (int l = 0; l < 32; l++) {
        int low = levels[64 * pair + l] & 0xF;
        int high = levels[64 * pair + 32 + l] & 0xF;
        target[at + 32 * pair + l] = (byte) (low | high << 4);
      }
    }
  }

  private void packFifthBits(byte[] target, int at) {
    for (int l = 0; l < 32; l++) {
      int bits = 0;
      for (int group = 0; group < 8; group++) {
        bits |= (levels[32 * group + l] >> 4) << group;
      }
      target[at + l] = (byte) bits;
    }
  }
}
