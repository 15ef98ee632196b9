package dev.flyball.kernels.asm;

import java.util.Arrays;

/**
 * Machine code under construction: bytes and the places in them that wait for a label. Not
 * thread-safe.
 */
final class CodeBuffer {
  /** Far above what any kernel needs; a generator that runs away stops here. */
  private static final int MAX_BYTES = 1 << 20;

  private byte[] bytes = new byte[1024];
  private int size;

  int size() {
    return size;
  }

  void put8(int value) {
    if (size == bytes.length) {
      if (size == MAX_BYTES) {
        throw new IllegalStateException("a kernel grew beyond " + MAX_BYTES + " bytes of code");
      }
      bytes = Arrays.copyOf(bytes, bytes.length * 2);
    }
    bytes[size++] = (byte) value;
  }

  void put32(int value) {
    put8(value);
    put8(value >>> 8);
    put8(value >>> 16);
    put8(value >>> 24);
  }

  void put64(long value) {
    put32((int) value);
    put32((int) (value >>> 32));
  }

  void patch32(int at, int value) {
    bytes[at] = (byte) value;
    bytes[at + 1] = (byte) (value >>> 8);
    bytes[at + 2] = (byte) (value >>> 16);
    bytes[at + 3] = (byte) (value >>> 24);
  }

  int get32(int at) {
    return (bytes[at] & 0xff)
        | (bytes[at + 1] & 0xff) << 8
        | (bytes[at + 2] & 0xff) << 16
        | bytes[at + 3] << 24;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }
}
