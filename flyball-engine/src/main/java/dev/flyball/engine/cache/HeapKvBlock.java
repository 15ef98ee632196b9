package dev.flyball.engine.cache;

/**
 * A block in Java arrays of floats.
 *
 * <pre>
 * keys[layer]    (heads, BLOCK_TOKENS, keyLength)
 * values[layer]  (heads, BLOCK_TOKENS, valueLength)
 * </pre>
 */
final class HeapKvBlock extends KvBlock {
  final float[][] keys;
  final float[][] values;

  HeapKvBlock(int id, KvShape shape) {
    super(id);
    int rows = shape.heads() * PagedKvCache.BLOCK_TOKENS;
    keys = new float[shape.layers()][Math.multiplyExact(rows, shape.keyLength())];
    values = new float[shape.layers()][Math.multiplyExact(rows, shape.valueLength())];
  }

  @Override
  void clear() {
    // nobody reads behind a sequence's end
  }

  @Override
  void free() {
    // the garbage collector does
  }
}
