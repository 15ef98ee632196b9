package dev.flyball.engine.cache;

/** Where and how a cache stores its numbers. */
public enum KvStorage {
  /** Java arrays of floats, token after token: the exact path. */
  HEAP_F32,
  /** Memory outside of the heap, laid out for generated code, as floats. */
  NATIVE_F32,
  /** Memory outside of the heap, laid out for generated code, as halves. */
  NATIVE_F16,
  /** Memory outside of the heap, laid out for generated code, as bytes with scales. */
  NATIVE_Q8_0;

  /** How a number is kept. */
  public CacheType type() {
    return switch (this) {
      case HEAP_F32, NATIVE_F32 -> CacheType.F32;
      case NATIVE_F16 -> CacheType.F16;
      case NATIVE_Q8_0 -> CacheType.Q8_0;
    };
  }

  public boolean isNative() {
    return this != HEAP_F32;
  }
}
