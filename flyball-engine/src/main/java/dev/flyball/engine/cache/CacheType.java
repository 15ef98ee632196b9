package dev.flyball.engine.cache;

/** How keys and values are to be kept by models that run on generated code. */
public enum CacheType {
  /** Halves for models with quantised weights, floats for others. */
  AUTOMATIC,
  /** 4 bytes a number. */
  F32,
  /** 2 bytes a number. */
  F16,
  /** 9 bits a number: signed bytes, 32 of them with a scale. */
  Q8_0
}
