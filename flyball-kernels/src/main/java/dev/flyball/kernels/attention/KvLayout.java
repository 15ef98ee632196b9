package dev.flyball.kernels.attention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * How the keys and values of one head and one block of tokens lie in memory, so that a kernel has
 * tokens in its lanes for scores and dimensions in its lanes for values.
 *
 * <pre>
 * keys          (keyLength, BLOCK_TOKENS)             transposed: dimension after dimension
 * key scales    (keyLength / SCALED, BLOCK_TOKENS)    where keys are scaled
 * values        (BLOCK_TOKENS, paddedValues)          token after token
 * value scales  (BLOCK_TOKENS, paddedValues / SCALED) with Q8_0
 *               (paddedValues / SCALED, BLOCK_TOKENS) with Q4_0
 * </pre>
 *
 * The scales of Q4_0 are halves, which kernels make floats of, a vector at a time: those of all
 * tokens lie side by side. SCALED is {@value KvElement#SCALED}.
 *
 * @param keys how a number of a key is stored
 * @param values how a number of a value is stored
 * @param keyLength numbers of a key
 * @param valueLength numbers of a value
 */
public record KvLayout(KvElement keys, KvElement values, int keyLength, int valueLength) {
  /** Tokens in a block. */
  public static final int BLOCK_TOKENS = 32;

  /** Values are stored in multiples of this: two of the longest vectors. */
  private static final int VALUE_UNIT = 32;

  /** With keys and values stored alike. */
  public KvLayout(KvElement both, int keyLength, int valueLength) {
    this(both, both, keyLength, valueLength);
  }

  /** Numbers of a token's value with those that only fill it up. */
  public int paddedValues() {
    return Math.ceilDiv(valueLength, VALUE_UNIT) * VALUE_UNIT;
  }

  /** Bytes from one dimension of the keys to the next. */
  int keyStride() {
    return keys.bytes(BLOCK_TOKENS);
  }

  /** Bytes from one token's values to the next one's. */
  int valueStride() {
    return values.bytes(paddedValues());
  }

  /** Where the scales of the keys begin. */
  int keyScalesOffset() {
    return keyLength * keyStride();
  }

  /** Where the scale of a group of a token's key lies. */
  int keyScaleOffset(int group, int slot) {
    return keyScalesOffset() + keys.scaleBytes() * (group * BLOCK_TOKENS + slot);
  }

  /** Where the values begin. */
  public int valuesOffset() {
    return keyScaleOffset(Math.ceilDiv(keyLength, KvElement.SCALED), 0);
  }

  /** Where the scales of the values begin. */
  int valueScalesOffset() {
    return valuesOffset() + BLOCK_TOKENS * valueStride();
  }

  private int valueGroups() {
    return paddedValues() / KvElement.SCALED;
  }

  /** Where the scale of a group of a token's value lies. */
  int valueScaleOffset(int slot, int group) {
    int index =
        values == KvElement.Q4_0 ? group * BLOCK_TOKENS + slot : slot * valueGroups() + group;
    return valueScalesOffset() + values.scaleBytes() * index;
  }

  /** Bytes of one head's block: a multiple of {@link #BLOCK_TOKENS}. */
  public int bytes() {
    return valueScalesOffset() + BLOCK_TOKENS * values.scaleBytes() * valueGroups();
  }

  /**
   * Writes one token's key.
   *
   * @param block memory that holds the head's block from {@code at}
   * @param slot of the token in the block
   */
  public void putKey(MemorySegment block, long at, int slot, float[] key, int offset) {
    long from = at + keys.offsetBytes(slot);
    switch (keys) {
      case F32 -> StoredNumbers.putFloats(block, from, keyStride(), key, offset, keyLength);
      case F16 -> StoredNumbers.putHalves(block, from, keyStride(), key, offset, keyLength);
      case Q8_0, Q4_0 -> {
        for (int d = 0; d < keyLength; d += KvElement.SCALED) {
          putKeyGroup(block, at, slot, d, key, offset + d);
        }
      }
    }
  }

  private void putKeyGroup(
      MemorySegment block, long at, int slot, int first, float[] key, int offset) {
    int count = Math.min(KvElement.SCALED, keyLength - first);
    long from = at + keys.offsetBytes(slot) + (long) first * keyStride();
    long scaleAt = at + keyScaleOffset(first / KvElement.SCALED, slot);
    if (keys == KvElement.Q8_0) {
      StoredNumbers.putBytes(block, from, keyStride(), scaleAt, key, offset, count);
    } else {
      boolean upper = KvElement.isUpperNibble(slot);
      StoredNumbers.putNibbles(block, from, keyStride(), upper, scaleAt, key, offset, count);
    }
  }

  /** Writes one token's value; see {@link #putKey}. */
  public void putValue(MemorySegment block, long at, int slot, float[] value, int offset) {
    long from = at + valuesOffset() + (long) slot * valueStride();
    switch (values) {
      case F32 -> StoredNumbers.putFloats(block, from, Float.BYTES, value, offset, valueLength);
      case F16 -> StoredNumbers.putHalves(block, from, Short.BYTES, value, offset, valueLength);
      case Q8_0, Q4_0 -> {
        for (int d = 0; d < valueLength; d += KvElement.SCALED) {
          int count = Math.min(KvElement.SCALED, valueLength - d);
          long scaleAt = at + valueScaleOffset(slot, d / KvElement.SCALED);
          putValueGroup(block, from + values.offsetBytes(d), scaleAt, value, offset + d, count);
        }
      }
    }
  }

  /**
   * Copies one token's key and value within a head, number by number as they are stored.
   *
   * @param from memory that holds the head's block to read from {@code at}
   * @param to memory that holds the head's block to write from {@code at}; the same or another
   */
  public void copyToken(MemorySegment from, int fromSlot, MemorySegment to, int toSlot, long at) {
    for (int d = 0; d < keyLength; d++) {
      long row = at + (long) d * keyStride();
      long read = row + keys.offsetBytes(fromSlot);
      long write = row + keys.offsetBytes(toSlot);
      if (keys == KvElement.Q4_0) {
        int shift = KvElement.isUpperNibble(fromSlot) ? 4 : 0;
        int nibble = from.get(ValueLayout.JAVA_BYTE, read) >>> shift;
        StoredNumbers.putNibble(to, write, KvElement.isUpperNibble(toSlot), nibble);
      } else {
        MemorySegment.copy(from, read, to, write, keys.bytes(1));
      }
    }
    for (int group = 0; group < Math.ceilDiv(keyLength, KvElement.SCALED); group++) {
      long read = at + keyScaleOffset(group, fromSlot);
      MemorySegment.copy(from, read, to, at + keyScaleOffset(group, toSlot), keys.scaleBytes());
    }
    long row = at + valuesOffset();
    long read = row + (long) fromSlot * valueStride();
    MemorySegment.copy(from, read, to, row + (long) toSlot * valueStride(), valueStride());
    for (int group = 0; group < valueGroups(); group++) {
      long scale = at + valueScaleOffset(fromSlot, group);
      long write = at + valueScaleOffset(toSlot, group);
      MemorySegment.copy(from, scale, to, write, values.scaleBytes());
    }
  }

  private void putValueGroup(
      MemorySegment block, long from, long scaleAt, float[] value, int offset, int count) {
    if (values == KvElement.Q8_0) {
      StoredNumbers.putBytes(block, from, 1, scaleAt, value, offset, count);
    } else {
      StoredNumbers.putNibblePairs(block, from, scaleAt, value, offset, count);
    }
  }
}
