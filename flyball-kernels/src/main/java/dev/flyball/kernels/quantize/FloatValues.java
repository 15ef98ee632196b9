package dev.flyball.kernels.quantize;

/** Encodes values one by one as floating-point numbers. */
final class FloatValues {
  private FloatValues() {}

  static void encodeF32(float[] source, int from, byte[] target, int to, int count) {
    for (int i = 0; i < count; i++) {
      LittleEndian.putInt(target, to + 4 * i, Float.floatToRawIntBits(source[from + i]));
    }
  }

  static void encodeF16(float[] source, int from, byte[] target, int to, int count) {
    for (int i = 0; i < count; i++) {
      var _ = LittleEndian.putHalf(target, to + 2 * i, source[from + i]);
    }
  }

  /** The upper half of the float, rounded to nearest, ties to even. */
  static void encodeBf16(float[] source, int from, byte[] target, int to, int count) {
    for (int i = 0; i < count; i++) {
      int bits = Float.floatToRawIntBits(source[from + i]);
      int rounded = (bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16;
      if ((rounded & 0x7FFF) == 0x7F80) {
        throw new ArithmeticException(source[from + i] + " is too large for bfloat16");
      }
      LittleEndian.putShort(target, to + 2 * i, rounded);
    }
  }
}
