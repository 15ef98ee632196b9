package dev.flyball.kernels.attention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * How the keys and values of one head and one block of tokens lie in memory, so that a kernel has
 * tokens in its lanes for scores and dimensions in its lanes for values.
 *
 * <pre>
 * keys          (keyLength, BLOCK_TOKENS)             transposed: dimension after dimension
 * key scales    (keyLength / SCALED, BLOCK_TOKENS)    floats, with Q8_0 only
 * values        (BLOCK_TOKENS, paddedValues)          token after token
 * value scales  (BLOCK_TOKENS, paddedValues / SCALED) floats, with Q8_0 only
 * </pre>
 *
 * With Q8_0 every {@value #SCALED} dimensions of a token's key or value are signed bytes that share
 * a scale, the largest magnitude / 127; a number is off by at most half a scale.
 *
 * @param element how a number is stored
 * @param keyLength values of a key
 * @param valueLength values of a value
 */
public record KvLayout(Element element, int keyLength, int valueLength) {
  /** Tokens in a block. */
  public static final int BLOCK_TOKENS = 32;

  /** Dimensions that share a scale. */
  static final int SCALED = 32;

  /** Values are stored in multiples of this: two of the longest vectors. */
  private static final int VALUE_UNIT = 32;

  private static final int LARGEST_BYTE = 127;

  /** How a number is stored. */
  public enum Element {
    F32(4),
    F16(2),
    /** Signed bytes that share scales. */
    Q8_0(1);

    private final int bytes;

    Element(int bytes) {
      this.bytes = bytes;
    }

    /** Bytes of a number, without its share of a scale. */
    public int bytes() {
      return bytes;
    }
  }

  /** Values of a token with those that only fill it up. */
  public int paddedValues() {
    return Math.ceilDiv(valueLength, VALUE_UNIT) * VALUE_UNIT;
  }

  /** Bytes from one dimension of the keys to the next. */
  int keyStride() {
    return BLOCK_TOKENS * element.bytes();
  }

  /** Bytes from one token's values to the next one's. */
  int valueStride() {
    return paddedValues() * element.bytes();
  }

  /** Bytes from one token's value scales to the next one's. */
  int valueScaleStride() {
    return element == Element.Q8_0 ? Float.BYTES * (paddedValues() / SCALED) : 0;
  }

  /** Where the scales of the keys begin. */
  int keyScalesOffset() {
    return keyLength * keyStride();
  }

  private int keyScalesBytes() {
    int groups = Math.ceilDiv(keyLength, SCALED);
    return element == Element.Q8_0 ? Float.BYTES * groups * BLOCK_TOKENS : 0;
  }

  /** Where the values begin. */
  public int valuesOffset() {
    return keyScalesOffset() + keyScalesBytes();
  }

  /** Where the scales of the values begin. */
  int valueScalesOffset() {
    return valuesOffset() + BLOCK_TOKENS * valueStride();
  }

  /** Bytes of one head's block: a multiple of {@link #BLOCK_TOKENS}. */
  public int bytes() {
    return valueScalesOffset() + BLOCK_TOKENS * valueScaleStride();
  }

  /**
   * Writes one token's key.
   *
   * @param block memory that holds the head's block from {@code at}
   * @param slot of the token in the block
   */
  public void putKey(MemorySegment block, long at, int slot, float[] key, int offset) {
    long from = at + (long) slot * element.bytes();
    if (element != Element.Q8_0) {
      put(block, from, keyStride(), key, offset, keyLength);
      return;
    }
    for (int d = 0; d < keyLength; d += SCALED) {
      int group = Math.min(SCALED, keyLength - d);
      long scaleAt = at + keyScalesOffset() + 4L * (d / SCALED * BLOCK_TOKENS + slot);
      putScaled(block, from + (long) d * keyStride(), keyStride(), scaleAt, key, offset + d, group);
    }
  }

  /** Writes one token's value; see {@link #putKey}. */
  public void putValue(MemorySegment block, long at, int slot, float[] value, int offset) {
    long from = at + valuesOffset() + (long) slot * valueStride();
    if (element != Element.Q8_0) {
      put(block, from, element.bytes(), value, offset, valueLength);
      return;
    }
    long scales = at + valueScalesOffset() + (long) slot * valueScaleStride();
    for (int d = 0; d < valueLength; d += SCALED) {
      int group = Math.min(SCALED, valueLength - d);
      putScaled(block, from + d, 1, scales + 4L * (d / SCALED), value, offset + d, group);
    }
  }

  private void put(
      MemorySegment block, long from, int stride, float[] numbers, int offset, int count) {
    if (element == Element.F32) {
      for (int i = 0; i < count; i++) {
        block.set(ValueLayout.JAVA_FLOAT, from + (long) i * stride, numbers[offset + i]);
      }
    } else {
      for (int i = 0; i < count; i++) {
        short half = Float.floatToFloat16(numbers[offset + i]);
        block.set(ValueLayout.JAVA_SHORT, from + (long) i * stride, half);
      }
    }
  }

  /** A group of numbers as bytes with one scale, which is NaN where one of the numbers is. */
  private static void putScaled(
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
    float inverse = scale < Float.MIN_NORMAL ? 0 : 1 / scale;
    block.set(ValueLayout.JAVA_FLOAT, scaleAt, scale);
    for (int i = 0; i < count; i++) {
      byte code = (byte) Math.round(numbers[offset + i] * inverse);
      block.set(ValueLayout.JAVA_BYTE, from + (long) i * stride, code);
    }
  }
}
