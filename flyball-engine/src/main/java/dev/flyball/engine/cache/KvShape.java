package dev.flyball.engine.cache;

import java.util.Collections;
import java.util.List;

/**
 * What a model keeps of one token: layer after layer, of those that have keys and values of their
 * own. Which layer of the model has which place is the model's to know: some have none, some read
 * another's.
 *
 * @param perLayer what each of them keeps; none where a model keeps nothing
 * @param storage where and how
 */
public record KvShape(List<KvLayer> perLayer, KvStorage storage) {
  public KvShape {
    perLayer = List.copyOf(perLayer);
  }

  /** Layers that are all alike. */
  public KvShape(int layers, int heads, int keyLength, int valueLength, KvStorage storage) {
    this(Collections.nCopies(layers, new KvLayer(heads, keyLength, valueLength)), storage);
  }

  /** Number of layers that keep something. */
  public int layers() {
    return perLayer.size();
  }

  /** Memory that one token takes, in bytes: keys and values of all layers. */
  public long bytesPerToken() {
    return perLayer.stream().mapToLong(layer -> layer.bytesPerToken(storage)).sum();
  }

  /**
   * Where each layer begins in a block of native memory, and, last, where the block ends, in bytes.
   *
   * @throws IllegalStateException where the storage is Java arrays
   */
  public long[] layerOffsetsBytes() {
    long[] offsets = new long[perLayer.size() + 1];
    for (int i = 0; i < perLayer.size(); i++) {
      offsets[i + 1] = offsets[i] + perLayer.get(i).nativeBlockBytes(storage);
    }
    return offsets;
  }
}
