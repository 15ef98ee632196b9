package dev.flyball.engine.cache;

import dev.flyball.kernels.attention.KvElement;

/** Where and how a cache stores its numbers. */
public enum KvStorage {
  /** Java arrays of floats, token after token: the exact path. */
  HEAP_F32(CacheType.F32, KvElement.F32, KvElement.F32),
  /** Memory outside of the heap, laid out for generated code, as floats. */
  NATIVE_F32(CacheType.F32, KvElement.F32, KvElement.F32),
  /** Likewise, as halves. */
  NATIVE_F16(CacheType.F16, KvElement.F16, KvElement.F16),
  /** Likewise, as bytes with scales. */
  NATIVE_Q8_0(CacheType.Q8_0, KvElement.Q8_0, KvElement.Q8_0),
  /** Likewise, keys as bytes and values as 4 bits with scales. */
  NATIVE_Q8_0_Q4_0(CacheType.Q8_0_Q4_0, KvElement.Q8_0, KvElement.Q4_0),
  /** Likewise, as 4 bits with scales. */
  NATIVE_Q4_0(CacheType.Q4_0, KvElement.Q4_0, KvElement.Q4_0);

  private final CacheType type;
  private final KvElement keys;
  private final KvElement values;

  KvStorage(CacheType type, KvElement keys, KvElement values) {
    this.type = type;
    this.keys = keys;
    this.values = values;
  }

  /** How its numbers are kept. */
  public CacheType type() {
    return type;
  }

  KvElement keyElement() {
    return keys;
  }

  KvElement valueElement() {
    return values;
  }

  public boolean isNative() {
    return this != HEAP_F32;
  }
}
