package dev.flyball.engine.cache;

import dev.flyball.kernels.attention.KvLayout;

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
    if (!storage.isNative()) {
      throw new IllegalStateException("Java arrays have no native layout");
    }
    return new KvLayout(storage.keyElement(), storage.valueElement(), keyLength, valueLength);
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
