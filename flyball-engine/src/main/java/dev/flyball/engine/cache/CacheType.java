package dev.flyball.engine.cache;

import java.util.Locale;

/** How keys and values are to be kept by models that run on generated code. */
public enum CacheType {
  /** Halves for models with quantised weights, floats for others. */
  AUTOMATIC,
  /** 4 bytes a number. */
  F32,
  /** 2 bytes a number. */
  F16,
  /** 9 bits a number: signed bytes, 32 of them with a scale. */
  Q8_0;

  /** As options and receipts name it: {@code automatic}, {@code f32}, {@code f16}, {@code q8_0}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The storage of this type for generated code.
   *
   * @throws IllegalStateException where that is not decided
   */
  public KvStorage inNativeMemory() {
    return switch (this) {
      case AUTOMATIC -> throw new IllegalStateException("the type is not decided");
      case F32 -> KvStorage.NATIVE_F32;
      case F16 -> KvStorage.NATIVE_F16;
      case Q8_0 -> KvStorage.NATIVE_Q8_0;
    };
  }
}
