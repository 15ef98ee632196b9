package dev.flyball.kernels.quantize;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Writes little-endian numbers into byte arrays. */
final class LittleEndian {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private LittleEndian() {}

  static void putShort(byte[] bytes, int offset, int value) {
    SHORT.set(bytes, offset, (short) value);
  }

  static void putInt(byte[] bytes, int offset, int value) {
    INT.set(bytes, offset, value);
  }

  /**
   * Writes an IEEE 754 binary16 number and gives it as it will be read.
   *
   * @throws ArithmeticException where it would be infinite
   */
  static float putHalf(byte[] bytes, int offset, float value) {
    short half = Float.floatToFloat16(value);
    float stored = Float.float16ToFloat(half);
    if (!Float.isFinite(stored)) {
      throw new ArithmeticException(value + " is too large for a 16-bit float");
    }
    SHORT.set(bytes, offset, half);
    return stored;
  }
}
