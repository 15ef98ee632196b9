package dev.flyball.kernels.matmul;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Activations in eight bits, in the tiles of {@link QuantizedLayout}: each block of 32 columns of a
 * token has a scale, a 127th of its largest magnitude. Memory for a batch is taken once; filled
 * again for every product.
 */
final class QuantizedTokens implements TileTokens {
  private static final int BLOCK = CodePanels.BLOCK;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private final Arena arena = Arena.ofShared();
  private final QuantizedLayout layout;
  private final MemorySegment memory;

  QuantizedTokens(QuantizedLayout layout, int maxTokens, int maxColumns) {
    this.layout = layout;
    long blocks = Math.ceilDiv(maxColumns, BLOCK);
    memory = arena.allocate(blocks * layout.blockBytes(1) * maxTokens, 64);
  }

  @Override
  public long tileAddress(TokenTiles tiles, int tile, int columns) {
    return memory.address() + tileOffset(tiles, tile, columns);
  }

  /**
   * A block's bytes are proportional to its tokens, so that tiles lie where their first token
   * would.
   */
  private long tileOffset(TokenTiles tiles, int tile, int columns) {
    return (long) (columns / BLOCK) * layout.blockBytes(1) * tiles.first(tile);
  }

  @Override
  public void fill(float[] x, int columns, TokenTiles tiles, int tile) {
    int size = tiles.size(tile);
    long at = tileOffset(tiles, tile, columns);
    byte[] values = new byte[BLOCK];
    for (int b = 0; b < columns / BLOCK; b++) {
      for (int t = 0; t < size; t++) {
        int from = (tiles.first(tile) + t) * columns + b * BLOCK;
        quantizeBlock(x, from, values, at, t, size);
      }
      at += layout.blockBytes(size);
    }
  }

  private void quantizeBlock(float[] x, int from, byte[] values, long at, int t, int size) {
    float largest = 0;
    for (int i = 0; i < BLOCK; i++) {
      largest = Math.max(largest, Math.abs(x[from + i]));
    }
    // Below that the reciprocal would overflow; such a block is as good as zero.
    float scale = largest < 127 * Float.MIN_NORMAL ? 0 : largest / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    for (int i = 0; i < BLOCK; i++) {
      values[i] = (byte) Math.rint(x[from + i] * inverse);
    }
    MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_BYTE, at + (long) BLOCK * t, BLOCK);
    memory.set(FLOAT, at + layout.scalesOffset(size) + 4L * t, scale);
    int partColumns = BLOCK / layout.parts();
    for (int part = 0; part < layout.parts(); part++) {
      int sum = 0;
      for (int i = 0; i < partColumns; i++) {
        sum += values[part * partColumns + i];
      }
      long index = 4L * (part * size + t);
      if (layout.offset() != 0) {
        memory.set(INT, at + layout.correctionsOffset(size) + index, -layout.offset() * sum);
      }
      if (layout.sums()) {
        memory.set(FLOAT, at + layout.sumsOffset(size) + index, scale * sum);
      }
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
