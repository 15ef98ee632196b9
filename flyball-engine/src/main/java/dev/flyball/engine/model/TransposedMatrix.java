package dev.flyball.engine.model;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Turns stored matrices over, into memory of their own. Matrices of F32, F16 and BF16 stay of their
 * type. Blocks of other types lie along the rows, so their values are decoded and stored as F32 or
 * F16: quantised again, blocks along the columns would take new scales and add an error as large as
 * the first one; a half is off by at most 2^-11 of a value, where Q8_0 itself is off by up to 1/254
 * of the largest of 32, eight times as much.
 */
final class TransposedMatrix {
  private static final float LARGEST_HALF = 65504;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private TransposedMatrix() {}

  /**
   * The transpose of a matrix.
   *
   * @param decoded F16 or F32: the type of what was quantised; it is F32 in any case where F16 has
   *     no such numbers
   */
  static StoredMatrix of(StoredMatrix matrix, TensorType decoded) {
    int rows = matrix.rows();
    int columns = matrix.columns();
    float[] values = new float[Math.multiplyExact(rows, columns)];
    for (int row = 0; row < rows; row++) {
      matrix.decode(row, 0, columns, values, row * columns);
    }
    TensorType type = type(matrix.type(), decoded, values);
    MemorySegment turned = Arena.ofAuto().allocate(type.bytesFor(values.length), 64);
    int place = 0;
    for (int column = 0; column < columns; column++) {
      for (int row = 0; row < rows; row++) {
        put(type, turned, place++, values[row * columns + column]);
      }
    }
    return new StoredMatrix(type, turned, columns, rows);
  }

  /** Bytes of what {@link #of} gives, where a half can be every value. */
  static long bytes(StoredMatrix matrix, TensorType decoded) {
    long values = (long) matrix.rows() * matrix.columns();
    return type(matrix.type(), decoded, new float[0]).bytesFor(values);
  }

  private static TensorType type(TensorType stored, TensorType decoded, float[] values) {
    return switch (stored) {
      case F32, F16, BF16 -> stored;
      default -> decoded == TensorType.F16 && allAreHalves(values) ? decoded : TensorType.F32;
    };
  }

  private static boolean allAreHalves(float[] values) {
    for (float value : values) {
      if (!(Math.abs(value) <= LARGEST_HALF)) {
        return false;
      }
    }
    return true;
  }

  private static void put(TensorType type, MemorySegment target, int place, float value) {
    switch (type) {
      case F16 -> target.set(SHORT, 2L * place, Float.floatToFloat16(value));
      case BF16 -> target.set(SHORT, 2L * place, (short) (Float.floatToRawIntBits(value) >>> 16));
      default -> target.set(FLOAT, 4L * place, value);
    }
  }
}
