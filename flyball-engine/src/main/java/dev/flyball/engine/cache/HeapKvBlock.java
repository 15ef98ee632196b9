package dev.flyball.engine.cache;

import java.nio.ByteBuffer;

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
    super(id, shape);
    keys = new float[shape.layers()][];
    values = new float[shape.layers()][];
    for (int i = 0; i < shape.layers(); i++) {
      KvLayer layer = shape.perLayer().get(i);
      int rows = layer.heads() * PagedKvCache.BLOCK_TOKENS;
      keys[i] = new float[Math.multiplyExact(rows, layer.keyLength())];
      values[i] = new float[Math.multiplyExact(rows, layer.valueLength())];
    }
  }

  @Override
  void clear() {
    // nobody reads behind a sequence's end
  }

  @Override
  void copy(KvBlock other) {
    HeapKvBlock source = (HeapKvBlock) other;
    for (int layer = 0; layer < keys.length; layer++) {
      System.arraycopy(source.keys[layer], 0, keys[layer], 0, keys[layer].length);
      System.arraycopy(source.values[layer], 0, values[layer], 0, values[layer].length);
    }
  }

  @Override
  void copyToken(KvShape shape, KvBlock other, int fromSlot, int toSlot) {
    HeapKvBlock source = (HeapKvBlock) other;
    for (int layer = 0; layer < keys.length; layer++) {
      KvLayer lengths = shape.perLayer().get(layer);
      for (int head = 0; head < lengths.heads(); head++) {
        int from = head * PagedKvCache.BLOCK_TOKENS + fromSlot;
        int to = head * PagedKvCache.BLOCK_TOKENS + toSlot;
        copyRow(source.keys[layer], from, keys[layer], to, lengths.keyLength());
        copyRow(source.values[layer], from, values[layer], to, lengths.valueLength());
      }
    }
  }

  private static void copyRow(float[] from, int fromRow, float[] to, int toRow, int length) {
    System.arraycopy(from, fromRow * length, to, toRow * length, length);
  }

  @Override
  public void write(ByteBuffer out) {
    for (int layer = 0; layer < keys.length; layer++) {
      out.asFloatBuffer().put(keys[layer]).put(values[layer]);
      out.position(out.position() + Float.BYTES * (keys[layer].length + values[layer].length));
    }
  }

  @Override
  public void read(ByteBuffer in) {
    for (int layer = 0; layer < keys.length; layer++) {
      in.asFloatBuffer().get(keys[layer]).get(values[layer]);
      in.position(in.position() + Float.BYTES * (keys[layer].length + values[layer].length));
    }
  }

  @Override
  void free() {
    // the garbage collector does
  }
}
