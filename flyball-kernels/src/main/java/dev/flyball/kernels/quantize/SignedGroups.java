package dev.flyball.kernels.quantize;

import java.util.Arrays;

/**
 * Encodes blocks of 256 values in 16 groups with a scale and no minimum; scales are rounded to
 * small multiples of an f16 of the block, and levels are then taken anew.
 *
 * <p>Source: ggml's reference quantisation of Q3_K and Q6_K.
 */
final class SignedGroups {
  private static final int VALUES = 256;
  private static final int GROUPS = 16;
  private static final int GROUP_VALUES = 16;

  private final int limit;
  private final SignedFit fit;
  private final float[] scales = new float[GROUPS];
  private final SignedFit scaleFit = new SignedFit(GROUPS, 32);
  private final int[] scaleLevels = new int[GROUPS];
  private final int[] levels = new int[VALUES];

  private SignedGroups(int limit) {
    this.limit = limit;
    this.fit = new SignedFit(GROUP_VALUES, limit);
  }

  static void encodeQ3K(
      float[] source, int from, byte[] target, int to, int blocks, Importance importance) {
    SignedGroups block = new SignedGroups(4);
    for (int b = 0; b < blocks; b++) {
      int at = to + 110 * b;
      float unit =
          importance.isKnown()
              ? block.fitGroups(source, from + VALUES * b, VALUES * b, importance)
              : block.fitGroups(source, from + VALUES * b);
      float d = LittleEndian.putHalf(target, at + 108, unit);
      block.takeLevels(source, from + VALUES * b, d);
      block.packThirdBits(target, at);
      Levels.packQuarters(block.levels, target, at + 32);
      block.packSixBitScales(target, at + 96);
    }
  }

  static void encodeQ6K(
      float[] source, int from, byte[] target, int to, int blocks, Importance importance) {
    SignedGroups block = new SignedGroups(32);
    for (int b = 0; b < blocks; b++) {
      int at = to + 210 * b;
      for (int group = 0; group < GROUPS; group++) {
        int first = GROUP_VALUES * group;
        block.scales[group] =
            block.fitSixBits(source, from + VALUES * b + first, first, VALUES * b, importance);
      }
      float extreme = Levels.extreme(block.scales, 0, GROUPS);
      if (Math.abs(extreme) < Levels.SMALLEST_MAXIMUM) {
        Arrays.fill(target, at, at + 210, (byte) 0);
        continue;
      }
      float inverse = -128f / extreme;
      float d = LittleEndian.putHalf(target, at + 208, 1 / inverse);
      block.roundScales(inverse, -128, 127);
      block.takeLevels(source, from + VALUES * b, d);
      block.packSixBitLevels(target, at);
      for (int group = 0; group < GROUPS; group++) {
        target[at + 192 + group] = (byte) block.scaleLevels[group];
      }
    }
  }

  private float fitSixBits(float[] x, int from, int first, int column, Importance importance) {
    if (importance.isKnown()) {
      importance.copy(column + first, fit.weights());
    } else {
      fit.weighSquares(x, from);
    }
    return fit.fitByScales(x, from, levels, first);
  }

  /** Fits the groups of Q3_K and rounds their scales to multiples of what is returned. */
  private float fitGroups(float[] x, int from) {
    for (int group = 0; group < GROUPS; group++) {
      int first = GROUP_VALUES * group;
      fit.weighSquares(x, from + first);
      scales[group] = fit.fitByLevels(x, from + first, levels, first);
    }
    float extreme = Levels.extreme(scales, 0, GROUPS);
    if (extreme == 0) {
      Arrays.fill(scaleLevels, -32);
      return 0;
    }
    float inverse = -32f / extreme;
    roundScales(inverse, -32, 31);
    return Levels.inverse(inverse);
  }

  /** The same where the importance of columns, from {@code column} on, is known. */
  private float fitGroups(float[] x, int from, int column, Importance importance) {
    float spread = 2 * Importance.sumOfSquares(x, from, VALUES) / VALUES;
    for (int group = 0; group < GROUPS; group++) {
      int first = GROUP_VALUES * group;
      importance.weigh(x, from + first, column + first, spread, fit.weights());
      scaleFit.weights()[group] = Importance.sum(fit.weights());
      scales[group] = fit.fitByScales(x, from + first, levels, first);
    }
    float unit = scaleFit.fitByScales(scales, 0, scaleLevels, 0);
    for (int group = 0; group < GROUPS; group++) {
      scaleLevels[group] -= 32;
    }
    return unit;
  }

  private void roundScales(float inverse, int lowest, int highest) {
    for (int group = 0; group < GROUPS; group++) {
      scaleLevels[group] = Levels.nearest(inverse * scales[group], lowest, highest);
    }
  }

  private void takeLevels(float[] x, int from, float d) {
    for (int group = 0; group < GROUPS; group++) {
      float scale = d * scaleLevels[group];
      if (scale == 0) {
        continue;
      }
      int first = GROUP_VALUES * group;
      for (int i = first; i < first + GROUP_VALUES; i++) {
        levels[i] = Levels.nearest(x[from + i] / scale, -limit, limit - 1) + limit;
      }
    }
  }

  private void packThirdBits(byte[] target, int at) {
    for (int l = 0; l < 32; l++) {
      int bits = 0;
      for (int k = 0; k < 8; k++) {
        bits |= (levels[32 * k + l] >> 2) << k;
      }
      target[at + l] = (byte) bits;
    }
  }

  /** 16 scales of 6 bits in 12 bytes, as Q3_K lays them out. */
  private void packSixBitScales(byte[] target, int at) {
    for (int i = 0; i < 8; i++) {
      int low = (scaleLevels[i] + 32) & 0xF;
      int high = (scaleLevels[i + 8] + 32) & 0xF;
      target[at + i] = (byte) (low | high << 4);
    }
    for (int i = 0; i < 4; i++) {
      int bits = 0;
      for (int k = 0; k < 4; k++) {
        bits |= ((scaleLevels[4 * k + i] + 32) >> 4) << (2 * k);
      }
      target[at + 8 + i] = (byte) bits;
    }
  }

  /** Lower 4 bits in 128 bytes, upper 2 bits in 64, as Q6_K lays them out. */
  private void packSixBitLevels(byte[] target, int at) {
    for (int half = 0; half < 2; half++) {
      int first = 128 * half;
      for (int l = 0; l < 64; l++) {
        int low = levels[first + l] & 0xF;
        int high = levels[first + 64 + l] & 0xF;
        target[at + 64 * half + l] = (byte) (low | high << 4);
      }
      for (int l = 0; l < 32; l++) {
        int bits = 0;
        for (int k = 0; k < 4; k++) {
          bits |= (levels[first + 32 * k + l] >> 4) << (2 * k);
        }
        target[at + 128 + 32 * half + l] = (byte) bits;
      }
    }
  }
}
