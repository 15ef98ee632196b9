package dev.flyball.kernels.quantize;

import dev.flyball.kernels.TensorType;
import java.util.Optional;

/**
 * Turns floats into stored tensor values, bit for bit as ggml's routines do (without fused
 * multiply-add, which some of its builds have). Thread-safe.
 *
 * <p>Each format is encoded block by block; layouts are drawn where they are decoded, in the
 * package {@code dev.flyball.kernels}.
 */
public final class BlockEncoder {
  private BlockEncoder() {}

  /**
   * Encodes {@code count} values from {@code source} at {@code from} (floats) into {@code target}
   * at {@code to} (bytes).
   *
   * @throws IllegalArgumentException unless {@code count} is a multiple of the type's block
   * @throws ArithmeticException where a value is not finite, or too large for the type; some blocks
   *     may have been written
   * @throws IndexOutOfBoundsException where source or target is too short; likewise
   */
  public static void encode(
      TensorType type, float[] source, int from, byte[] target, int to, int count) {
    encode(type, source, from, target, to, count, Importance.UNKNOWN);
  }

  /**
   * As {@link #encode(TensorType, float[], int, byte[], int, int)}, of one row of a matrix whose
   * columns matter more or less: errors of what matters are made smaller at the cost of others.
   * F32, F16, BF16, Q8_0 and MXFP4 do not look at that.
   *
   * @param importance for each column a factor of its values' weight, as many as {@code count};
   *     finite and not negative
   */
  public static void encodeRow(
      TensorType type,
      float[] source,
      int from,
      byte[] target,
      int to,
      int count,
      float[] importance) {
    if (importance.length != count) {
      throw new IllegalArgumentException(
          "importance of " + importance.length + " columns for a row of " + count);
    }
    encode(type, source, from, target, to, count, Importance.of(Optional.of(importance)));
  }

  private static void encode(
      TensorType type,
      float[] source,
      int from,
      byte[] target,
      int to,
      int count,
      Importance importance) {
    int blocks = Math.toIntExact(type.bytesFor(count) / type.blockBytes());
    requireFinite(source, from, count);
    switch (type) {
      case F32 -> FloatValues.encodeF32(source, from, target, to, count);
      case F16 -> FloatValues.encodeF16(source, from, target, to, count);
      case BF16 -> FloatValues.encodeBf16(source, from, target, to, count);
      case Q4_0 -> LinearLevels.encodeQ40(source, from, target, to, blocks, importance);
      case Q4_1 -> LinearLevels.encodeQ41(source, from, target, to, blocks, importance);
      case Q5_0 -> LinearLevels.encodeQ50(source, from, target, to, blocks, importance);
      case Q5_1 -> LinearLevels.encodeQ51(source, from, target, to, blocks, importance);
      case Q8_0 -> LinearLevels.encodeQ80(source, from, target, to, blocks);
      case Q2_K -> MinimumGroups.encodeQ2K(source, from, target, to, blocks, importance);
      case Q3_K -> SignedGroups.encodeQ3K(source, from, target, to, blocks, importance);
      case Q4_K -> MinimumGroups.encodeQ4K(source, from, target, to, blocks, importance);
      case Q5_K -> MinimumGroups.encodeQ5K(source, from, target, to, blocks, importance);
      case Q6_K -> SignedGroups.encodeQ6K(source, from, target, to, blocks, importance);
      case IQ4_NL -> TableLevels.encodeIq4Nl(source, from, target, to, blocks, importance);
      case IQ4_XS -> TableLevels.encodeIq4Xs(source, from, target, to, blocks, importance);
      case MXFP4 -> TableLevels.encodeMxfp4(source, from, target, to, blocks);
    }
  }

  private static void requireFinite(float[] source, int from, int count) {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(source[from + i])) {
        throw new ArithmeticException("a value is " + source[from + i]);
      }
    }
  }
}
