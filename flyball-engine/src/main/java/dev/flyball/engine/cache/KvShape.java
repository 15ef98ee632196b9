package dev.flyball.engine.cache;

import dev.flyball.kernels.attention.KvLayout;
import dev.flyball.kernels.attention.KvLayout.Element;

/**
 * What a model keeps of one token.
 *
 * @param layers layers that keep keys and values
 * @param heads key and value heads of a layer
 * @param keyLength values of a key
 * @param valueLength values of a value
 * @param storage where and how
 */
public record KvShape(int layers, int heads, int keyLength, int valueLength, KvStorage storage) {
  public KvShape {
    if (layers < 1 || heads < 1 || keyLength < 1 || valueLength < 1) {
      throw new IllegalArgumentException("lengths must be positive");
    }
  }

  /** Memory that one token takes, in bytes: keys and values of all layers. */
  public long bytesPerToken() {
    int ofOneHead =
        storage.isNative()
            ? layout().bytes() / KvLayout.BLOCK_TOKENS
            : (keyLength + valueLength) * Float.BYTES;
    return (long) layers * heads * ofOneHead;
  }

  /**
   * How one head's block lies in native memory.
   *
   * @throws IllegalStateException where the storage is Java arrays
   */
  public KvLayout layout() {
    return switch (storage) {
      case NATIVE_F32 -> new KvLayout(Element.F32, keyLength, valueLength);
      case NATIVE_F16 -> new KvLayout(Element.F16, keyLength, valueLength);
      case NATIVE_Q8_0 -> new KvLayout(Element.Q8_0, keyLength, valueLength);
      case HEAP_F32 -> throw new IllegalStateException("Java arrays have no native layout");
    };
  }
}
