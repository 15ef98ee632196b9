package dev.flyball.kernels;

/** Decodes values that are stored one by one as floating-point numbers. */
final class FloatBlocks {
  private FloatBlocks() {}

  static void decodeF32(byte[] source, int from, float[] target, int to, int count) {
    for (int i = 0; i < count; i++) {
      target[to + i] = Float.intBitsToFloat(LittleEndian.intAt(source, from + 4 * i));
    }
  }

  static void decodeF16(byte[] source, int from, float[] target, int to, int count) {
    for (int i = 0; i < count; i++) {
      target[to + i] = LittleEndian.halfAt(source, from + 2 * i);
    }
  }

  /** A bfloat16 number is the upper half of a float. */
  static void decodeBf16(byte[] source, int from, float[] target, int to, int count) {
    for (int i = 0; i < count; i++) {
      target[to + i] = Float.intBitsToFloat(LittleEndian.shortAt(source, from + 2 * i) << 16);
    }
  }
}
