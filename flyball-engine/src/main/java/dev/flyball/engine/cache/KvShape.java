package dev.flyball.engine.cache;

import java.util.Collections;
import java.util.List;

/**
 * What a model keeps of a sequence. Of each token: keys and values, layer after layer, of those
 * layers that have some of their own. Which layer of the model has which place is the model's to
 * know: some have none, some read another's. Of the sequence as a whole: the state of its recurrent
 * layers, which has the same size whatever the sequence's length.
 *
 * @param perLayer what each layer keeps of a token; none where a model keeps nothing
 * @param stateFloats values of the state, of all recurrent layers together; 0: there are none
 * @param storage where and how keys and values are kept; the state is always in floats
 */
public record KvShape(List<KvLayer> perLayer, int stateFloats, KvStorage storage) {
  /** Snapshots are never farther apart than so many blocks, however large they are. */
  private static final int MOST_BLOCKS_BETWEEN_SNAPSHOTS = 32;

  /** Snapshots that even the smallest cache has room for. */
  private static final int LEAST_SNAPSHOTS = 4;

  public KvShape {
    perLayer = List.copyOf(perLayer);
    if (stateFloats < 0) {
      throw new IllegalArgumentException("a state of " + stateFloats + " values");
    }
  }

  /** Without state. */
  public KvShape(List<KvLayer> perLayer, KvStorage storage) {
    this(perLayer, 0, storage);
  }

  /** Layers that are all alike, without state. */
  public KvShape(int layers, int heads, int keyLength, int valueLength, KvStorage storage) {
    this(Collections.nCopies(layers, new KvLayer(heads, keyLength, valueLength)), storage);
  }

  /** The same keys and values, with a state of so many values. */
  public KvShape withState(int floats) {
    return new KvShape(perLayer, floats, storage);
  }

  /** Number of layers that keep something of each token. */
  public int layers() {
    return perLayer.size();
  }

  /** Whether there is a state, so that a sequence cannot be cut back anywhere. */
  public boolean hasState() {
    return stateFloats > 0;
  }

  /** Memory that one token takes, in bytes: keys and values of all layers. */
  public long bytesPerToken() {
    long bytes = 0;
    for (int i = 0; i < perLayer.size(); i++) {
      bytes += perLayer.get(i).bytesPerToken(storage);
    }
    return bytes;
  }

  /** Memory that a block takes, in bytes; at least 1. */
  public long blockBytes() {
    return Math.max(1, bytesPerToken() * PagedKvCache.BLOCK_TOKENS);
  }

  /** The same, stored otherwise. */
  public KvShape with(KvStorage other) {
    return new KvShape(perLayer, stateFloats, other);
  }

  /** Memory of the state of one sequence, and of one snapshot of it, in bytes. */
  public long stateBytes() {
    return (long) stateFloats * Float.BYTES;
  }

  /**
   * Tokens from one regular snapshot of a prompt to the next, whole blocks: so many that a snapshot
   * is no larger than the keys and values between, within a limit.
   */
  public int snapshotTokens() {
    long blocks = Math.ceilDiv(stateBytes(), blockBytes());
    return Math.clamp(blocks, 1, MOST_BLOCKS_BETWEEN_SNAPSHOTS) * PagedKvCache.BLOCK_TOKENS;
  }

  /** Snapshots that a cache of so many tokens keeps at most. */
  public int snapshots(long capacityTokens) {
    long regular = Math.ceilDiv(capacityTokens, (long) snapshotTokens());
    return hasState() ? Math.clamp(regular, LEAST_SNAPSHOTS, Integer.MAX_VALUE) : 0;
  }

  /** Memory that one token takes with its share of the snapshots, in bytes. */
  public long bytesPerTokenWithSnapshots() {
    return bytesPerToken() + Math.ceilDiv(stateBytes(), (long) snapshotTokens());
  }

  /** Memory of a cache of so many tokens at full use, in bytes, without its sequences' states. */
  public long cacheBytes(long capacityTokens) {
    return capacityTokens * bytesPerToken() + snapshots(capacityTokens) * stateBytes();
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
