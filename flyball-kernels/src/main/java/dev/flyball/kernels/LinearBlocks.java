package dev.flyball.kernels;

/**
 * Decodes blocks of 32 values with one f16 scale {@code d}, and in the {@code _1} formats an f16
 * minimum {@code m}: value = d * q + m.
 *
 * <p>Nibbles come in pairs: the lower half of byte j is value j, the upper half value j + 16.
 *
 * <p>Source: ggml's block_q4_0, block_q4_1, block_q5_0, block_q5_1 and block_q8_0.
 */
final class LinearBlocks {
  private static final int VALUES = 32;
  private static final int HALF = 16;

  private LinearBlocks() {}

  /** Layout: d f16 | nibbles u8[16]; q = nibble - 8. */
  static void decodeQ40(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      float d = LittleEndian.halfAt(source, from);
      int q = from + 2;
      for (int j = 0; j < HALF; j++) {
        int pair = source[q + j];
        target[to + j] = ((pair & 0xF) - 8) * d;
        target[to + HALF + j] = (((pair >> 4) & 0xF) - 8) * d;
      }
      from += 18;
      to += VALUES;
    }
  }

  /** Layout: d f16 | m f16 | nibbles u8[16]; q = nibble. */
  static void decodeQ41(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      float d = LittleEndian.halfAt(source, from);
      float m = LittleEndian.halfAt(source, from + 2);
      int q = from + 4;
      for (int j = 0; j < HALF; j++) {
        int pair = source[q + j];
        target[to + j] = (pair & 0xF) * d + m;
        target[to + HALF + j] = ((pair >> 4) & 0xF) * d + m;
      }
      from += 20;
      to += VALUES;
    }
  }

  /** Layout: d f16 | fifth bits u32, bit i of value i | nibbles u8[16]; q = 5 bits - 16. */
  static void decodeQ50(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      float d = LittleEndian.halfAt(source, from);
      int high = LittleEndian.intAt(source, from + 2);
      int q = from + 6;
      for (int j = 0; j < HALF; j++) {
        int pair = source[q + j];
        int low5 = (pair & 0xF) | (((high >>> j) & 1) << 4);
        int high5 = ((pair >> 4) & 0xF) | (((high >>> (HALF + j)) & 1) << 4);
        target[to + j] = (low5 - 16) * d;
        target[to + HALF + j] = (high5 - 16) * d;
      }
      from += 22;
      to += VALUES;
    }
  }

  /** Layout: d f16 | m f16 | fifth bits u32, bit i of value i | nibbles u8[16]; q = 5 bits. */
  static void decodeQ51(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      float d = LittleEndian.halfAt(source, from);
      float m = LittleEndian.halfAt(source, from + 2);
      int high = LittleEndian.intAt(source, from + 4);
      int q = from + 8;
      for (int j = 0; j < HALF; j++) {
        int pair = source[q + j];
        int low5 = (pair & 0xF) | (((high >>> j) & 1) << 4);
        int high5 = ((pair >> 4) & 0xF) | (((high >>> (HALF + j)) & 1) << 4);
        target[to + j] = low5 * d + m;
        target[to + HALF + j] = high5 * d + m;
      }
      from += 24;
      to += VALUES;
    }
  }

  /** Layout: d f16 | q i8[32]. */
  static void decodeQ80(byte[] source, int from, float[] target, int to, int blocks) {
    for (int b = 0; b < blocks; b++) {
      float d = LittleEndian.halfAt(source, from);
      int q = from + 2;
      for (int j = 0; j < VALUES; j++) {
        target[to + j] = source[q + j] * d;
      }
      from += 34;
      to += VALUES;
    }
  }
}
