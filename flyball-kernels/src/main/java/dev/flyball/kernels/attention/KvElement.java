package dev.flyball.kernels.attention;

/**
 * How a number of a key or a value is stored. Where numbers are scaled, each {@value #SCALED} of
 * one token share a scale, so that a number is a small integer times that.
 */
public enum KvElement {
  F32(32, 0),
  F16(16, 0),
  /** Signed bytes with a float as their scale; a number is off by at most half of that. */
  Q8_0(8, 4),
  /**
   * The numbers of ggml's type of that name: from -8 to 7 times a half, which is the number of
   * largest magnitude / -8. In place of two numbers side by side a byte holds, in its lower and its
   * upper 4 bits, two that are {@value #NIBBLE_DISTANCE} apart, as two's complement.
   */
  Q4_0(4, 2);

  /** Numbers that share a scale. */
  static final int SCALED = 32;

  /** From the number in a byte's lower 4 bits to that in its upper ones. */
  static final int NIBBLE_DISTANCE = 16;

  private final int bits;
  private final int scaleBytes;

  KvElement(int bits, int scaleBytes) {
    this.bits = bits;
    this.scaleBytes = scaleBytes;
  }

  boolean isScaled() {
    return scaleBytes > 0;
  }

  /** Bytes of so many numbers, without their scales; with Q4_0 an even number of them. */
  int bytes(int numbers) {
    return numbers * bits / 8;
  }

  /** Bytes of a scale; 0 where there are none. */
  int scaleBytes() {
    return scaleBytes;
  }

  /** Which byte of a row has number {@code index}, or the begin of it. */
  int offsetBytes(int index) {
    return this == Q4_0 ? index / SCALED * NIBBLE_DISTANCE + index % NIBBLE_DISTANCE : bytes(index);
  }

  /** Whether number {@code index} of a row of Q4_0 lies in the upper 4 bits of its byte. */
  static boolean isUpperNibble(int index) {
    return index % SCALED >= NIBBLE_DISTANCE;
  }
}
