package dev.flyball.engine.cache;

import java.util.Optional;

/**
 * A full block in the {@link PrefixIndex}: the tokens in it and before it decide its content, which
 * never changes. Told apart by identity.
 */
final class PrefixNode implements Prefix {
  final BlockKey key;
  final KvBlock block;

  /** Nodes that follow this one. */
  int children;

  /** Names it in files; of no use where the cache has none. */
  PrefixDigest digest = PrefixDigest.NONE;

  /** Open sequences that hold it. */
  int holders;

  /** Pins that keep it. */
  int pins;

  /** Whether the file is not worth it: computing it again is cheaper. */
  boolean forgotten;

  /** The state of recurrent layers at the block's end, where it was kept. */
  Optional<StateSnapshot> snapshot = Optional.empty();

  /** Sequences that are to begin with the snapshot. */
  int awaiting;

  PrefixNode(BlockKey key, KvBlock block) {
    this.key = key;
    this.block = block;
  }

  Prefix parent() {
    return key.parent();
  }
}
