package dev.flyball.kernels;

/**
 * Decodes blocks of 256 values that are divided into groups of 16 or 32, whose scales (and
 * minimums) are themselves small integers times an f16 of the block: the "K" formats.
 *
 * <p>Source: ggml's block_q2_K to block_q6_K.
 */
final class SuperBlocks {
  private static final int VALUES = 256;

  private SuperBlocks() {}

  /**
   * Layout: groups u8[16] (lower nibble scale, upper nibble minimum) | q u8[64] | d f16 | dmin f16.
   * Byte l of the first 32 of q has 2 bits each for values l, l + 32, l + 64 and l + 96; the second
   * 32 bytes are the same for the values from 128 on. Groups are of 16 values in order: value = d *
   * scale * q - dmin * minimum.
   */
  static void decodeQ2K(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      float d = LittleEndian.halfAt(source, from + 80);
      float dmin = LittleEndian.halfAt(source, from + 82);
      for (int group = 0; group < 16; group++) {
        int packed = source[from + group];
        float scale = d * (packed & 0xF);
        float minimum = dmin * ((packed >> 4) & 0xF);
        int q = from + 16 + 32 * (group / 8) + 16 * (group % 2);
        int shift = 2 * (group / 2 % 4);
        int out = to + 16 * group;
        for (int j = 0; j < 16; j++) {
          target[out + j] = scale * ((source[q + j] >> shift) & 3) - minimum;
        }
      }
      from += 84;
      to += VALUES;
    }
  }

  /**
   * Layout: third bits u8[32] (bit k of byte l is of value 32 k + l) | q u8[64] as in Q2_K | scales
   * u8[12] | d f16. Groups are of 16 values in order: value = d * (scale - 32) * (q - 4), with q of
   * 3 bits.
   */
  static void decodeQ3K(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      float d = LittleEndian.halfAt(source, from + 108);
      for (int group = 0; group < 16; group++) {
        float scale = d * (scaleQ3K(source, from + 96, group) - 32);
        int high = from + 16 * (group % 2);
        int highShift = group / 2;
        int q = from + 32 + 32 * (group / 8) + 16 * (group % 2);
        int shift = 2 * (group / 2 % 4);
        int out = to + 16 * group;
        for (int j = 0; j < 16; j++) {
          int low = (source[q + j] >> shift) & 3;
          int third = (source[high + j] >> highShift) & 1;
          target[out + j] = scale * (low + 4 * third - 4);
        }
      }
      from += 110;
      to += VALUES;
    }
  }

  /**
   * The 6-bit scale of a group: 4 lower bits in nibbles of the first 8 bytes (lower nibbles are
   * groups 0 to 7), 2 upper bits in the last 4 bytes, of group g in byte g % 4 from bit 2 (g / 4).
   */
  private static int scaleQ3K(byte[] source, int scales, int group) {
    int low = (source[scales + group % 8] >> (4 * (group / 8))) & 0xF;
    int high = (source[scales + 8 + group % 4] >> (2 * (group / 4))) & 3;
    return low | (high << 4);
  }

  /**
   * Layout: d f16 | dmin f16 | scales and minimums u8[12] | nibbles u8[128]. Byte l of 32 bytes has
   * values l and l + 32 of 64. Groups are of 32 values in order: value = d * scale * q - dmin *
   * minimum.
   */
  static void decodeQ4K(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      float d = LittleEndian.halfAt(source, from);
      float dmin = LittleEndian.halfAt(source, from + 2);
      for (int group = 0; group < 8; group++) {
        float scale = d * scaleQ4K(source, from + 4, group);
        float minimum = dmin * minimumQ4K(source, from + 4, group);
        int q = from + 16 + 32 * (group / 2);
        int shift = 4 * (group % 2);
        int out = to + 32 * group;
        for (int j = 0; j < 32; j++) {
          target[out + j] = scale * ((source[q + j] >> shift) & 0xF) - minimum;
        }
      }
      from += 144;
      to += VALUES;
    }
  }

  /**
   * Layout: d f16 | dmin f16 | scales and minimums u8[12] | fifth bits u8[32] (bit g of byte l is
   * of value 32 g + l) | nibbles u8[128] as in Q4_K.
   */
  static void decodeQ5K(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      float d = LittleEndian.halfAt(source, from);
      float dmin = LittleEndian.halfAt(source, from + 2);
      int high = from + 16;
      for (int group = 0; group < 8; group++) {
        float scale = d * scaleQ4K(source, from + 4, group);
        float minimum = dmin * minimumQ4K(source, from + 4, group);
        int q = from + 48 + 32 * (group / 2);
        int shift = 4 * (group % 2);
        int out = to + 32 * group;
        for (int j = 0; j < 32; j++) {
          int low = (source[q + j] >> shift) & 0xF;
          int fifth = (source[high + j] >> group) & 1;
          target[out + j] = scale * (low + 16 * fifth) - minimum;
        }
      }
      from += 176;
      to += VALUES;
    }
  }

  /**
   * A 6-bit scale of Q4_K and Q5_K. Bytes 0 to 3 and 4 to 7 have the scales and minimums of groups
   * 0 to 3 in their lower 6 bits; bytes 8 to 11 have the lower 4 bits of scales (lower nibble) and
   * minimums (upper nibble) of groups 4 to 7, whose upper 2 bits are on top of bytes 0 to 7.
   */
  private static int scaleQ4K(byte[] source, int scales, int group) {
    return group < 4
        ? source[scales + group] & 63
        : (source[scales + group + 4] & 0xF) | (((source[scales + group - 4] >> 6) & 3) << 4);
  }

  private static int minimumQ4K(byte[] source, int scales, int group) {
    return group < 4
        ? source[scales + group + 4] & 63
        : ((source[scales + group + 4] >> 4) & 0xF) | (((source[scales + group] >> 6) & 3) << 4);
  }

  /**
   * Layout: nibbles u8[128] | upper 2 bits u8[64] | scales i8[16] | d f16. Of each 128 values,
   * value l (of 32) and l + 64 share nibble byte l, l + 32 and l + 96 byte l + 32; their upper bits
   * are in byte l from bit 0, 2, 4 and 6. Groups are of 16 values in order: value = d * scale * (q
   * - 32), with q of 6 bits.
   */
  static void decodeQ6K(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      float d = LittleEndian.halfAt(source, from + 208);
      for (int group = 0; group < 16; group++) {
        float scale = d * source[from + 192 + group];
        int half = group / 8;
        int column = group % 8 / 2;
        int offset = 16 * (group % 2);
        int nibbles = from + 64 * half + 32 * (column % 2) + offset;
        int nibbleShift = 4 * (column / 2);
        int high = from + 128 + 32 * half + offset;
        int highShift = 2 * column;
        int out = to + 16 * group;
        for (int j = 0; j < 16; j++) {
          int low = (source[nibbles + j] >> nibbleShift) & 0xF;
          int upper = (source[high + j] >> highShift) & 3;
          target[out + j] = scale * ((low | (upper << 4)) - 32);
        }
      }
      from += 210;
      to += VALUES;
    }
  }
}
