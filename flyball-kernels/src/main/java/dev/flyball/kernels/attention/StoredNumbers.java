package dev.flyball.kernels.attention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes numbers of one token the way an {@link KvElement} says. */
final class StoredNumbers {
  private static final int LARGEST_BYTE = 127;

  /** Of the number of largest magnitude, whatever its sign. */
  private static final int LARGEST_NIBBLE = -8;

  private static final int MAX_NIBBLE = 7;
  private static final int LOWER_BITS = 0x0F;

  private StoredNumbers() {}

  /**
   * @param from where the first one goes
   * @param stride bytes from one to the next
   */
  static void putFloats(
      MemorySegment block, long from, int stride, float[] numbers, int offset, int count) {
    for (int i = 0; i < count; i++) {
      block.set(ValueLayout.JAVA_FLOAT, from + (long) i * stride, numbers[offset + i]);
    }
  }

  static void putHalves(
      MemorySegment block, long from, int stride, float[] numbers, int offset, int count) {
    for (int i = 0; i < count; i++) {
      short half = Float.floatToFloat16(numbers[offset + i]);
      block.set(ValueLayout.JAVA_SHORT, from + (long) i * stride, half);
    }
  }

  /** A group as bytes with one scale, which is NaN where one of the numbers is. */
  static void putBytes(
      MemorySegment block,
      long from,
      int stride,
      long scaleAt,
      float[] numbers,
      int offset,
      int count) {
    float largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Math.abs(numbers[offset + i]));
    }
    float scale = largest / LARGEST_BYTE;
    float inverse = inverse(scale);
    block.set(ValueLayout.JAVA_FLOAT, scaleAt, scale);
    for (int i = 0; i < count; i++) {
      byte code = (byte) Math.round(numbers[offset + i] * inverse);
      block.set(ValueLayout.JAVA_BYTE, from + (long) i * stride, code);
    }
  }

  /**
   * A group as 4 bits each with one scale, a half, which is NaN where one of the numbers is; the
   * other 4 bits of each byte stay.
   */
  static void putNibbles(
      MemorySegment block,
      long from,
      int stride,
      boolean upper,
      long scaleAt,
      float[] numbers,
      int offset,
      int count) {
    float inverse = putHalfScale(block, scaleAt, numbers, offset, count);
    for (int i = 0; i < count; i++) {
      putNibble(block, from + (long) i * stride, upper, nibble(numbers[offset + i], inverse));
    }
  }

  /** Writes the lower four bits of a number to one half of a byte. */
  static void putNibble(MemorySegment block, long at, boolean upper, int nibble) {
    int shift = upper ? 4 : 0;
    int others = block.get(ValueLayout.JAVA_BYTE, at) & ~(LOWER_BITS << shift);
    byte both = (byte) (others | (nibble & LOWER_BITS) << shift);
    block.set(ValueLayout.JAVA_BYTE, at, both);
  }

  /** Likewise a group side by side, whose bytes hold nothing else. */
  static void putNibblePairs(
      MemorySegment block, long from, long scaleAt, float[] numbers, int offset, int count) {
    float inverse = putHalfScale(block, scaleAt, numbers, offset, count);
    int distance = KvElement.NIBBLE_DISTANCE;
    for (int i = 0; i < Math.min(distance, count); i++) {
      int lower = nibble(numbers[offset + i], inverse);
      int upper = i + distance < count ? nibble(numbers[offset + i + distance], inverse) : 0;
      block.set(ValueLayout.JAVA_BYTE, from + i, (byte) (upper << 4 | lower));
    }
  }

  /** Writes the scale of a group and gives what to multiply its numbers with. */
  private static float putHalfScale(
      MemorySegment block, long scaleAt, float[] numbers, int offset, int count) {
    float scale = largest(numbers, offset, count) / LARGEST_NIBBLE;
    block.set(ValueLayout.JAVA_SHORT, scaleAt, Float.floatToFloat16(scale));
    return inverse(scale);
  }

  /** Rounded as ggml does: halves up, and what would be 8 to 7. */
  private static int nibble(float number, float inverse) {
    int fromZero = (int) (number * inverse + (0.5f - LARGEST_NIBBLE));
    return Math.min(fromZero + LARGEST_NIBBLE, MAX_NIBBLE) & LOWER_BITS;
  }

  /** The number of largest magnitude, the first of several; NaN if there is one. */
  private static float largest(float[] numbers, int offset, int count) {
    float largest = 0;
    float magnitude = 0;
    for (int i = offset; i < offset + count; i++) {
      magnitude = Math.max(magnitude, Math.abs(numbers[i]));
      largest = Math.abs(numbers[i]) > Math.abs(largest) ? numbers[i] : largest;
    }
    return Float.isNaN(magnitude) ? Float.NaN : largest;
  }

  private static float inverse(float scale) {
    return Math.abs(scale) < Float.MIN_NORMAL ? 0 : 1 / scale;
  }
}
