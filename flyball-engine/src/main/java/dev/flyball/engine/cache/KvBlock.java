package dev.flyball.engine.cache;

/** Keys and values of {@link PagedKvCache#BLOCK_TOKENS} adjacent tokens. */
abstract sealed class KvBlock implements SlotContent permits HeapKvBlock, NativeKvBlock {
  final int id;
  final KvStorage storage;
  final long bytes;

  KvBlock(int id, KvShape shape) {
    this.id = id;
    storage = shape.storage();
    bytes = shape.blockBytes();
  }

  static KvBlock allocate(int id, KvShape shape) {
    return shape.storage().isNative() ? new NativeKvBlock(id, shape) : new HeapKvBlock(id, shape);
  }

  /** Makes the block ready for another sequence. */
  abstract void clear();

  /** Takes over all numbers of another block of the same shape. */
  abstract void copy(KvBlock other);

  /** Gives the memory back. */
  abstract void free();
}
