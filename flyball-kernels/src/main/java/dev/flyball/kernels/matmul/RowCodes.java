package dev.flyball.kernels.matmul;

import static dev.flyball.kernels.matmul.Words.bits;
import static dev.flyball.kernels.matmul.Words.intAt;
import static dev.flyball.kernels.matmul.Words.longAt;
import static dev.flyball.kernels.matmul.Words.putInt;
import static dev.flyball.kernels.matmul.Words.putLong;
import static dev.flyball.kernels.matmul.Words.shortAt;
import static dev.flyball.kernels.matmul.Words.spread;

import dev.flyball.kernels.TensorType;

/**
 * The integers of a stretch of one stored row: codes as the type numbers them, scales and minima,
 * eight codes to a word. Filled again for every stretch; not thread-safe. Source of the layouts:
 * ggml's block structures.
 */
final class RowCodes {
  /** Columns of the longest stretch. */
  static final int MAX_COLUMNS = 1024;

  private static final int BLOCK = CodePanels.BLOCK;
  private static final int GROUPS_PER_SUPER = 16;

  /** Codes in column order, a byte each: unsigned, or two's complement for Q8_0. */
  final long[] codes = new long[MAX_COLUMNS / 8];

  /** 16 for each super-block: the scales of its groups of columns, in order. */
  final byte[] scales = new byte[GROUPS_PER_SUPER * MAX_COLUMNS / 256];

  /** Minima, likewise. */
  final byte[] mins = new byte[GROUPS_PER_SUPER * MAX_COLUMNS / 256];

  /** The half of each block or super-block; for MXFP4 the exponent byte less one. */
  final short[] superScales = new short[MAX_COLUMNS / BLOCK];

  /** The half of the minima of each block or super-block, its sign as stored. */
  final short[] superMins = new short[MAX_COLUMNS / BLOCK];

  /** Reads {@code supers} blocks or super-blocks of {@code type} that begin at {@code at}. */
  void read(TensorType type, byte[] source, int at, int supers) {
    int bytes = type.blockBytes();
    for (int s = 0; s < supers; s++) {
      readSuper(type, source, at + s * bytes, s);
    }
  }

  private void readSuper(TensorType type, byte[] source, int at, int s) {
    switch (type) {
      case Q4_0, IQ4_NL -> {
        superScales[s] = shortAt(source, at);
        nibbles(source, at + 2, 4 * s);
      }
      case Q4_1 -> {
        scaleAndMin(source, at, s);
        nibbles(source, at + 4, 4 * s);
      }
      case Q5_0 -> {
        superScales[s] = shortAt(source, at);
        nibbles(source, at + 6, 4 * s);
        fifthBits(intAt(source, at + 2), 4 * s);
      }
      case Q5_1 -> {
        scaleAndMin(source, at, s);
        nibbles(source, at + 8, 4 * s);
        fifthBits(intAt(source, at + 4), 4 * s);
      }
      case Q8_0 -> readQ8(source, at, s);
      case MXFP4 -> {
        superScales[s] = (short) Math.max(0, (source[at] & 0xff) - 1);
        nibbles(source, at + 1, 4 * s);
      }
      case Q2_K -> readQ2(source, at, s);
      case Q3_K -> readQ3(source, at, s);
      case Q4_K -> readQ4(source, at, s);
      case Q5_K -> readQ5(source, at, s);
      case Q6_K -> readQ6(source, at, s);
      case IQ4_XS -> readIq4Xs(source, at, s);
      case F32, F16, BF16 -> throw new IllegalArgumentException(type + " has no codes");
    }
  }

  private void scaleAndMin(byte[] source, int at, int s) {
    superScales[s] = shortAt(source, at);
    superMins[s] = shortAt(source, at + 2);
  }

  /** 32 codes from 16 bytes: the low nibbles first, then the high ones. */
  private void nibbles(byte[] source, int at, int word) {
    long first = longAt(source, at);
    long second = longAt(source, at + 8);
    codes[word] = bits(first, 0, 4);
    codes[word + 1] = bits(second, 0, 4);
    codes[word + 2] = bits(first, 4, 4);
    codes[word + 3] = bits(second, 4, 4);
  }

  /** Adds bit {@code i} of {@code bits} to code {@code i} of 32. */
  private void fifthBits(int bits, int word) {
    for (int i = 0; i < 4; i++) {
      codes[word + i] |= spread(bits >>> (8 * i)) << 4;
    }
  }

  private void readQ8(byte[] source, int at, int s) {
    superScales[s] = shortAt(source, at);
    for (int i = 0; i < 4; i++) {
      codes[4 * s + i] = longAt(source, at + 2 + 8 * i);
    }
  }

  /** Layout: 16 bytes of scale and minimum nibbles, 64 of pairs, d, dmin. */
  private void readQ2(byte[] source, int at, int s) {
    for (int i = 0; i < 16; i += 8) {
      long both = longAt(source, at + i);
      putLong(scales, GROUPS_PER_SUPER * s + i, bits(both, 0, 4));
      putLong(mins, GROUPS_PER_SUPER * s + i, bits(both, 4, 4));
    }
    pairs(source, at + 16, 32 * s);
    scaleAndMin(source, at + 80, s);
  }

  /** Layout: 32 bytes of third bits, 64 of pairs, 12 of 6-bit scales, d. */
  private void readQ3(byte[] source, int at, int s) {
    pairs(source, at + 32, 32 * s);
    addBitRuns(source, at, 32 * s, 2);
    for (int i = 0; i < 4; i++) {
      int low = intAt(source, at + 96 + 4 * (i & 1)) >>> (i < 2 ? 0 : 4);
      int high = intAt(source, at + 104) >>> (2 * i);
      int scale = (low & 0x0f0f0f0f) | ((high & 0x03030303) << 4);
      putInt(scales, GROUPS_PER_SUPER * s + 4 * i, lessThirtyTwo(scale));
    }
    superScales[s] = shortAt(source, at + 108);
  }

  /** Takes 32 from each byte, which is below 64. */
  private static int lessThirtyTwo(int bytes) {
    return (bytes + 0x60606060) ^ 0x80808080;
  }

  /** 256 codes of two bits: each run of 32 bytes holds four runs of 32 codes, lowest bits first. */
  private void pairs(byte[] source, int at, int word) {
    for (int i = 0; i < 8; i++) {
      long packed = longAt(source, at + 8 * i);
      int first = word + 16 * (i >> 2) + (i & 3);
      for (int run = 0; run < 4; run++) {
        codes[first + 4 * run] = bits(packed, 2 * run, 2);
      }
    }
  }

  /** Adds to 256 codes a bit each: bit {@code run} of 32 bytes is that of the run's 32 codes. */
  private void addBitRuns(byte[] source, int at, int word, int target) {
    for (int i = 0; i < 4; i++) {
      long packed = longAt(source, at + 8 * i);
      for (int run = 0; run < 8; run++) {
        codes[word + 4 * run + i] |= bits(packed, run, 1) << target;
      }
    }
  }

  /** Layout: d, dmin, 12 bytes of 6-bit scales and minima, 128 of nibbles. */
  private void readQ4(byte[] source, int at, int s) {
    scaleAndMin(source, at, s);
    sixBitScalesAndMins(source, at + 4, s);
    nibbleRuns(source, at + 16, 32 * s);
  }

  /** Layout: as Q4_K with 32 bytes of fifth bits before the nibbles. */
  private void readQ5(byte[] source, int at, int s) {
    scaleAndMin(source, at, s);
    sixBitScalesAndMins(source, at + 4, s);
    nibbleRuns(source, at + 48, 32 * s);
    addBitRuns(source, at + 16, 32 * s, 4);
  }

  /** 256 codes: each run of 32 bytes holds 32 codes in low nibbles, then 32 in high ones. */
  private void nibbleRuns(byte[] source, int at, int word) {
    for (int i = 0; i < 16; i++) {
      long packed = longAt(source, at + 8 * i);
      int first = word + 8 * (i >> 2) + (i & 3);
      codes[first] = bits(packed, 0, 4);
      codes[first + 4] = bits(packed, 4, 4);
    }
  }

  private void sixBitScalesAndMins(byte[] source, int at, int s) {
    int low = intAt(source, at);
    int middle = intAt(source, at + 4);
    int high = intAt(source, at + 8);
    int to = GROUPS_PER_SUPER * s;
    putInt(scales, to, low & 0x3f3f3f3f);
    putInt(mins, to, middle & 0x3f3f3f3f);
    putInt(scales, to + 4, (high & 0x0f0f0f0f) | ((low >>> 2) & 0x30303030));
    putInt(mins, to + 4, ((high >>> 4) & 0x0f0f0f0f) | ((middle >>> 2) & 0x30303030));
  }

  /** Layout: 128 bytes of nibbles, 64 of pairs, 16 signed scales, d. */
  private void readQ6(byte[] source, int at, int s) {
    for (int half = 0; half < 2; half++) {
      for (int i = 0; i < 4; i++) {
        long first = longAt(source, at + 64 * half + 8 * i);
        long second = longAt(source, at + 64 * half + 32 + 8 * i);
        long pairs = longAt(source, at + 128 + 32 * half + 8 * i);
        int word = 32 * s + 16 * half + i;
        codes[word] = bits(first, 0, 4) | (bits(pairs, 0, 2) << 4);
        codes[word + 4] = bits(second, 0, 4) | (bits(pairs, 2, 2) << 4);
        codes[word + 8] = bits(first, 4, 4) | (bits(pairs, 4, 2) << 4);
        codes[word + 12] = bits(second, 4, 4) | (bits(pairs, 6, 2) << 4);
      }
    }
    putLong(scales, GROUPS_PER_SUPER * s, longAt(source, at + 192));
    putLong(scales, GROUPS_PER_SUPER * s + 8, longAt(source, at + 200));
    superScales[s] = shortAt(source, at + 208);
  }

  /** Layout: d, 16 bits of high scale pairs, 4 bytes of low scale nibbles, 128 of nibbles. */
  private void readIq4Xs(byte[] source, int at, int s) {
    superScales[s] = shortAt(source, at);
    int high = shortAt(source, at + 2);
    int low = intAt(source, at + 4);
    for (int i = 0; i < 8; i++) {
      int scale = ((low >>> (4 * i)) & 15) | (((high >> (2 * i)) & 3) << 4);
      scales[GROUPS_PER_SUPER * s + i] = (byte) (scale - 32);
      nibbles(source, at + 8 + 16 * i, 32 * s + 4 * i);
    }
  }
}
