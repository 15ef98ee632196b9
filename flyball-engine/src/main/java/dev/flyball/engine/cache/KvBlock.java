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

  /** Takes over the numbers of one token of a block of the same shape, or of this one. */
  abstract void copyToken(KvShape shape, KvBlock other, int fromSlot, int toSlot);

  /** Gives the memory back. */
  abstract void free();
}
