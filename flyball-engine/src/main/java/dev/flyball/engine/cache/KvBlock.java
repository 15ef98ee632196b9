package dev.flyball.engine.cache;

/**
 * Keys and values of {@link PagedKvCache#BLOCK_TOKENS} adjacent tokens, in F32.
 *
 * <pre>
 * keys[layer]    (heads, BLOCK_TOKENS, keyLength)
 * values[layer]  (heads, BLOCK_TOKENS, valueLength)
 * </pre>
 */
final class KvBlock {
  final int id;
  final float[][] keys;
  final float[][] values;

  KvBlock(int id, KvShape shape) {
    this.id = id;
    int rows = shape.heads() * PagedKvCache.BLOCK_TOKENS;
    keys = new float[shape.layers()][Math.multiplyExact(rows, shape.keyLength())];
    values = new float[shape.layers()][Math.multiplyExact(rows, shape.valueLength())];
  }
}
