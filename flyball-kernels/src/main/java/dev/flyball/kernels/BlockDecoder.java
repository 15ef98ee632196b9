package dev.flyball.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Turns stored tensor values into floats, bit for bit as ggml's reference routines do; a NaN stays
 * a NaN, but its payload may differ. Thread-safe.
 *
 * <p>Each format is decoded block by block; a block's layout is drawn where its routine is.
 */
public final class BlockDecoder {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Bytes copied from a segment at a time: they and the floats they become stay in L1. */
  private static final int STAGING_BYTES = 4096;

  private static final ThreadLocal<byte[]> STAGING =
      ThreadLocal.withInitial(() -> new byte[STAGING_BYTES]);

  private BlockDecoder() {}

  /**
   * Decodes {@code count} values from {@code source} at {@code sourceOffset} (bytes) into {@code
   * target} at {@code targetOffset} (floats).
   *
   * @throws IllegalArgumentException unless {@code count} is a multiple of the type's block
   * @throws IndexOutOfBoundsException where source or target is too short; some values may have
   *     been written
   */
  public static void decode(
      TensorType type,
      byte[] source,
      int sourceOffset,
      float[] target,
      int targetOffset,
      int count) {
    int blocks = Math.toIntExact(type.bytesFor(count) / type.blockBytes());
    switch (type) {
      case F32 -> FloatBlocks.decodeF32(source, sourceOffset, target, targetOffset, blocks);
      case F16 -> FloatBlocks.decodeF16(source, sourceOffset, target, targetOffset, blocks);
      case BF16 -> FloatBlocks.decodeBf16(source, sourceOffset, target, targetOffset, blocks);
      case Q4_0 -> LinearBlocks.decodeQ40(source, sourceOffset, target, targetOffset, blocks);
      case Q4_1 -> LinearBlocks.decodeQ41(source, sourceOffset, target, targetOffset, blocks);
      case Q5_0 -> LinearBlocks.decodeQ50(source, sourceOffset, target, targetOffset, blocks);
      case Q5_1 -> LinearBlocks.decodeQ51(source, sourceOffset, target, targetOffset, blocks);
      case Q8_0 -> LinearBlocks.decodeQ80(source, sourceOffset, target, targetOffset, blocks);
      case Q2_K -> SuperBlocks.decodeQ2K(source, sourceOffset, target, targetOffset, blocks);
      case Q3_K -> SuperBlocks.decodeQ3K(source, sourceOffset, target, targetOffset, blocks);
      case Q4_K -> SuperBlocks.decodeQ4K(source, sourceOffset, target, targetOffset, blocks);
      case Q5_K -> SuperBlocks.decodeQ5K(source, sourceOffset, target, targetOffset, blocks);
      case Q6_K -> SuperBlocks.decodeQ6K(source, sourceOffset, target, targetOffset, blocks);
      case IQ4_NL -> TableBlocks.decodeIq4Nl(source, sourceOffset, target, targetOffset, blocks);
      case IQ4_XS -> TableBlocks.decodeIq4Xs(source, sourceOffset, target, targetOffset, blocks);
      case MXFP4 -> TableBlocks.decodeMxfp4(source, sourceOffset, target, targetOffset, blocks);
    }
  }

  /**
   * Decodes {@code count} values from memory, as {@link #decode(TensorType, byte[], int, float[],
   * int, int)} does. Allocates nothing but, once for each thread, a small buffer.
   *
   * @param sourceOffset where the first block begins, in bytes
   */
  public static void decode(
      TensorType type,
      MemorySegment source,
      long sourceOffset,
      float[] target,
      int targetOffset,
      int count) {
    if (type == TensorType.F32) {
      MemorySegment.copy(source, FLOAT, sourceOffset, target, targetOffset, count);
      return;
    }
    type.bytesFor(count);
    byte[] staging = STAGING.get();
    int stagedValues = STAGING_BYTES / type.blockBytes() * type.blockElements();
    long from = sourceOffset;
    for (int done = 0; done < count; done += stagedValues) {
      int values = Math.min(stagedValues, count - done);
      int bytes = (int) type.bytesFor(values);
      MemorySegment.copy(source, ValueLayout.JAVA_BYTE, from, staging, 0, bytes);
      decode(type, staging, 0, target, targetOffset + done, values);
      from += bytes;
    }
  }
}
