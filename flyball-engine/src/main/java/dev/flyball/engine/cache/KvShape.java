package dev.flyball.engine.cache;

/**
 * What a model keeps of one token.
 *
 * @param layers layers that keep keys and values
 * @param heads key and value heads of a layer
 * @param keyLength values of a key
 * @param valueLength values of a value
 */
public record KvShape(int layers, int heads, int keyLength, int valueLength) {
  public KvShape {
    if (layers < 1 || heads < 1 || keyLength < 1 || valueLength < 1) {
      throw new IllegalArgumentException("lengths must be positive");
    }
  }

  /** Memory that one token takes, in bytes: keys and values of all layers as F32. */
  public long bytesPerToken() {
    return (long) layers * heads * (keyLength + valueLength) * Float.BYTES;
  }
}
