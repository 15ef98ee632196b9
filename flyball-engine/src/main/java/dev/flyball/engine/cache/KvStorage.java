package dev.flyball.engine.cache;

/** Where and how a cache stores its numbers. */
public enum KvStorage {
  /** Java arrays of floats, token after token: the exact path. */
  HEAP_F32(4),
  /** Memory outside of the heap, laid out for generated code, as floats. */
  NATIVE_F32(4),
  /** Memory outside of the heap, laid out for generated code, as halves. */
  NATIVE_F16(2);

  private final int bytes;

  KvStorage(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of a number. */
  public int bytes() {
    return bytes;
  }

  public boolean isNative() {
    return this != HEAP_F32;
  }
}
