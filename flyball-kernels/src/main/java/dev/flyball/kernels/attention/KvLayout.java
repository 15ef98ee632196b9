package dev.flyball.kernels.attention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * How the keys and values of one head and one block of tokens lie in memory, so that a kernel has
 * tokens in its lanes for scores and dimensions in its lanes for values.
 *
 * <pre>
 * keys     (keyLength, BLOCK_TOKENS)      transposed: dimension after dimension
 * values   (BLOCK_TOKENS, paddedValues)   token after token, behind the keys
 * </pre>
 *
 * @param element how a number is stored
 * @param keyLength values of a key
 * @param valueLength values of a value
 */
public record KvLayout(Element element, int keyLength, int valueLength) {
  /** Tokens in a block. */
  public static final int BLOCK_TOKENS = 32;

  /** Values are stored in multiples of this: two of the longest vectors. */
  private static final int VALUE_UNIT = 32;

  /** How a number is stored. */
  public enum Element {
    F32(4),
    F16(2);

    private final int bytes;

    Element(int bytes) {
      this.bytes = bytes;
    }

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

  /** Where the values begin. */
  public int valuesOffset() {
    return keyLength * keyStride();
  }

  /** Bytes of one head's block. */
  public int bytes() {
    return valuesOffset() + BLOCK_TOKENS * valueStride();
  }

  /**
   * Writes one token's key.
   *
   * @param block memory that holds the head's block from {@code at}
   * @param slot of the token in the block
   */
  public void putKey(MemorySegment block, long at, int slot, float[] key, int offset) {
    for (int d = 0; d < keyLength; d++) {
      put(block, at, d * BLOCK_TOKENS + slot, key[offset + d]);
    }
  }

  /** Writes one token's value; see {@link #putKey}. */
  public void putValue(MemorySegment block, long at, int slot, float[] value, int offset) {
    for (int d = 0; d < valueLength; d++) {
      put(block, at + valuesOffset(), slot * paddedValues() + d, value[offset + d]);
    }
  }

  private void put(MemorySegment block, long from, int index, float number) {
    switch (element) {
      case F32 -> block.set(ValueLayout.JAVA_FLOAT, from + 4L * index, number);
      case F16 ->
          block.set(ValueLayout.JAVA_SHORT, from + 2L * index, Float.floatToFloat16(number));
    }
  }
}
