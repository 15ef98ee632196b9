package dev.flyball.engine.cache;

import dev.flyball.kernels.attention.KvLayout;
import dev.flyball.kernels.attention.KvLayout.Element;

/**
 * What one layer keeps of one token.
 *
 * @param heads key and value heads
 * @param keyLength values of a key
 * @param valueLength values of a value
 */
public record KvLayer(int heads, int keyLength, int valueLength) {
  public KvLayer {
    if (heads < 1 || keyLength < 1 || valueLength < 1) {
      throw new IllegalArgumentException("lengths must be positive");
    }
  }

  /**
   * How one head's block lies in native memory.
   *
   * @throws IllegalStateException where the storage is Java arrays
   */
  public KvLayout layout(KvStorage storage) {
    return switch (storage) {
      case NATIVE_F32 -> new KvLayout(Element.F32, keyLength, valueLength);
      case NATIVE_F16 -> new KvLayout(Element.F16, keyLength, valueLength);
      case NATIVE_Q8_0 -> new KvLayout(Element.Q8_0, keyLength, valueLength);
      case HEAP_F32 -> throw new IllegalStateException("Java arrays have no native layout");
    };
  }

  /** Bytes of a block of native memory that are this layer's. */
  long nativeBlockBytes(KvStorage storage) {
    return (long) heads * layout(storage).bytes();
  }

  long bytesPerToken(KvStorage storage) {
    return storage.isNative()
        ? nativeBlockBytes(storage) / KvLayout.BLOCK_TOKENS
        : (long) heads * (keyLength + valueLength) * Float.BYTES;
  }
}
