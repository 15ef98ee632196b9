package dev.flyball.kernels;

/**
 * Decodes formats whose nibbles are places in a table of 16 unevenly spaced values. Nibbles come in
 * pairs: the lower half of byte j is value j, the upper half value j + 16.
 *
 * <p>Source: ggml's block_iq4_nl, block_iq4_xs and block_mxfp4; OCP Microscaling Formats 1.0.
 */
final class TableBlocks {
  private static final float[] IQ4_VALUES = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /** Twice the values of a 4-bit float with 2 bits of exponent and 1 of mantissa. */
  private static final float[] E2M1_DOUBLED = {
    0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12
  };

  private static final int HALF = 16;

  private TableBlocks() {}

  /** Layout: d f16 | nibbles u8[16]. */
  static void decodeIq4Nl(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      decodePairs(source, from + 2, IQ4_VALUES, LittleEndian.halfAt(source, from), target, to);
      from += 18;
      to += 32;
    }
  }

  /**
   * Eight groups of 32 values, each with a scale of 6 bits. Layout: d f16 | upper 2 bits of the
   * scales u16 | lower 4 bits u8[4] | nibbles u8[128]; the scale of a group is d * (6 bits - 32).
   */
  static void decodeIq4Xs(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      float d = LittleEndian.halfAt(source, from);
      int scalesHigh = LittleEndian.shortAt(source, from + 2);
      for (int group = 0; group < 8; group++) {
        int low = (source[from + 4 + group / 2] >> (4 * (group % 2))) & 0xF;
        int high = (scalesHigh >> (2 * group)) & 3;
        float scale = d * ((low | (high << 4)) - 32);
        decodePairs(source, from + 8 + HALF * group, IQ4_VALUES, scale, target, to + 32 * group);
      }
      from += 136;
      to += 256;
    }
  }

  /** Layout: e u8, an exponent of 2 with bias 127 | nibbles u8[16]. */
  static void decodeMxfp4(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      decodePairs(source, from + 1, E2M1_DOUBLED, halfOfE8M0(source[from] & 0xFF), target, to);
      from += 17;
      to += 32;
    }
  }

  /** 2^(exponent - 128), of which the first two are subnormal; 255 is a number here, not NaN. */
  private static float halfOfE8M0(int exponent) {
    return Float.intBitsToFloat(exponent < 2 ? 0x0020_0000 << exponent : (exponent - 1) << 23);
  }

  private static void decodePairs(
      byte[] source, int from, float[] values, float scale, float[] target, int to) {
    for (int j = 0; j < HALF; j++) {
      int pair = source[from + j];
      target[to + j] = scale * values[pair & 0xF];
      target[to + HALF + j] = scale * values[(pair >> 4) & 0xF];
    }
  }
}
