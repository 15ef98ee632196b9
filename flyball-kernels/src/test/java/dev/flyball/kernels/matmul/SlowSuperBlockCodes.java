package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;

/**
 * The integers of one stored super-block (one row): codes as the type numbers them, scales and
 * minima. Filled again for every super-block; not thread-safe. Source of the layouts: ggml's block
 * structures.
 */
final class SlowSuperBlockCodes {
  /** Codes in column order: unsigned, or two's complement for Q8_0. */
  final byte[] codes = new byte[256];

  /** A scale for each scaled group of columns, where the super-block has a half of its own. */
  final byte[] scales = new byte[16];

  /** A minimum for each scaled group of columns, likewise. */
  final byte[] mins = new byte[16];

  /** The half of the block or super-block; for MXFP4 the exponent byte less one. */
  short scale;

  /** The half of the minima, its sign as stored. */
  short min;

  /** Reads the super-block of {@code type} that begins at {@code at}. */
  void read(TensorType type, byte[] source, int at) {
    switch (type) {
      case Q4_0, IQ4_NL -> {
        scale = half(source, at);
        nibbles(source, at + 2, 0);
      }
      case Q4_1 -> {
        scale = half(source, at);
        min = half(source, at + 2);
        nibbles(source, at + 4, 0);
      }
      case Q5_0 -> {
        scale = half(source, at);
        nibbles(source, at + 6, 0);
        fifthBits(source, at + 2);
      }
      case Q5_1 -> {
        scale = half(source, at);
        min = half(source, at + 2);
        nibbles(source, at + 8, 0);
        fifthBits(source, at + 4);
      }
      case Q8_0 -> {
        scale = half(source, at);
        System.arraycopy(source, at + 2, codes, 0, 32);
      }
      case MXFP4 -> {
        scale = (short) Math.max(0, (source[at] & 0xff) - 1);
        nibbles(source, at + 1, 0);
      }
      case Q2_K -> readQ2(source, at);
      case Q3_K -> readQ3(source, at);
      case Q4_K -> readQ4(source, at);
      case Q5_K -> readQ5(source, at);
      case Q6_K -> readQ6(source, at);
      case IQ4_XS -> readIq4Xs(source, at);
      case F32, F16, BF16 -> throw new IllegalArgumentException(type + " has no codes");
    }
  }

  /** 32 codes from 16 bytes: the low nibbles first, then the high ones. */
  private void nibbles(byte[] source, int at, int column) {
    for (int i = 0; i < 16; i++) {
      codes[column + i] = (byte) (source[at + i] & 15);
      codes[column + 16 + i] = (byte) ((source[at + i] >> 4) & 15);
    }
  }

  /** Adds bit {@code i} of a 32-bit word to code {@code i}. */
  private void fifthBits(byte[] source, int at) {
    for (int i = 0; i < 32; i++) {
      codes[i] |= (byte) (((source[at + (i >> 3)] >> (i & 7)) & 1) << 4);
    }
  }

  /** Layout: 16 bytes of scale and minimum nibbles, 64 of pairs, d, dmin. */
  private void readQ2(byte[] source, int at) {
    for (int i = 0; i < 16; i++) {
      scales[i] = (byte) (source[at + i] & 15);
      mins[i] = (byte) ((source[at + i] >> 4) & 15);
    }
    pairs(source, at + 16);
    scale = half(source, at + 80);
    min = half(source, at + 82);
  }

  /** Layout: 32 bytes of third bits, 64 of pairs, 12 of 6-bit scales, d. */
  private void readQ3(byte[] source, int at) {
    pairs(source, at + 32);
    for (int i = 0; i < 256; i++) {
      codes[i] |= (byte) (((source[at + (i & 31)] >> (i >> 5)) & 1) << 2);
    }
    for (int i = 0; i < 16; i++) {
      int low = (source[at + 96 + (i & 7)] >> (i < 8 ? 0 : 4)) & 15;
      int high = (source[at + 104 + (i & 3)] >> (2 * (i >> 2))) & 3;
      scales[i] = (byte) ((low | (high << 4)) - 32);
    }
    scale = half(source, at + 108);
  }

  /** 256 codes of two bits: each run of 32 bytes holds four runs of 32 codes, lowest bits first. */
  private void pairs(byte[] source, int at) {
    for (int i = 0; i < 256; i++) {
      codes[i] = (byte) ((source[at + 32 * (i >> 7) + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3);
    }
  }

  /** Layout: d, dmin, 12 bytes of 6-bit scales and minima, 128 of nibbles. */
  private void readQ4(byte[] source, int at) {
    scale = half(source, at);
    min = half(source, at + 2);
    sixBitScalesAndMins(source, at + 4);
    nibbleRuns(source, at + 16);
  }

  /** Layout: as Q4_K with 32 bytes of fifth bits before the nibbles. */
  private void readQ5(byte[] source, int at) {
    scale = half(source, at);
    min = half(source, at + 2);
    sixBitScalesAndMins(source, at + 4);
    nibbleRuns(source, at + 48);
    for (int i = 0; i < 256; i++) {
      codes[i] |= (byte) (((source[at + 16 + (i & 31)] >> (i >> 5)) & 1) << 4);
    }
  }

  /** 256 codes: each run of 32 bytes holds 32 codes in low nibbles, then 32 in high ones. */
  private void nibbleRuns(byte[] source, int at) {
    for (int i = 0; i < 256; i++) {
      codes[i] = (byte) ((source[at + 32 * (i >> 6) + (i & 31)] >> ((i & 32) >> 3)) & 15);
    }
  }

  private void sixBitScalesAndMins(byte[] source, int at) {
    for (int i = 0; i < 4; i++) {
      int low = source[at + i];
      int middle = source[at + 4 + i];
      int high = source[at + 8 + i];
      scales[i] = (byte) (low & 63);
      mins[i] = (byte) (middle & 63);
      scales[4 + i] = (byte) ((high & 15) | (((low >> 6) & 3) << 4));
      mins[4 + i] = (byte) (((high >> 4) & 15) | (((middle >> 6) & 3) << 4));
    }
  }

  /** Layout: 128 bytes of nibbles, 64 of pairs, 16 signed scales, d. */
  private void readQ6(byte[] source, int at) {
    for (int i = 0; i < 256; i++) {
      int run = (i >> 5) & 3;
      int nibbleByte = source[at + 64 * (i >> 7) + (i & 31) + 32 * (run & 1)];
      int pairByte = source[at + 128 + 32 * (i >> 7) + (i & 31)];
      int nibble = (nibbleByte >> (run < 2 ? 0 : 4)) & 15;
      codes[i] = (byte) (nibble | (((pairByte >> (2 * run)) & 3) << 4));
    }
    System.arraycopy(source, at + 192, scales, 0, 16);
    scale = half(source, at + 208);
  }

  /** Layout: d, 16 bits of high scale pairs, 4 bytes of low scale nibbles, 128 of nibbles. */
  private void readIq4Xs(byte[] source, int at) {
    scale = half(source, at);
    int high = half(source, at + 2);
    for (int i = 0; i < 8; i++) {
      int low = (source[at + 4 + (i >> 1)] >> (4 * (i & 1))) & 15;
      scales[i] = (byte) ((low | (((high >> (2 * i)) & 3) << 4)) - 32);
      nibbles(source, at + 8 + 16 * i, 32 * i);
    }
  }

  private static short half(byte[] source, int at) {
    return (short) ((source[at] & 0xff) | ((source[at + 1] & 0xff) << 8));
  }
}
