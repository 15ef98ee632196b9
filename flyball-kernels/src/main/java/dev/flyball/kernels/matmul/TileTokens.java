package dev.flyball.kernels.matmul;

import java.lang.foreign.MemorySegment;

/** The activations of a batch in tiles, as kernels read them. Filled again for every product. */
interface TileTokens extends AutoCloseable {
  /**
   * Lays out the tokens of one tile; tiles may be filled by different threads at the same time.
   *
   * @param x (tokens, columns), row after row
   * @param parameters scratch of the calling thread, for a kernel's parameters
   */
  void fill(float[] x, int columns, TokenTiles tiles, int tile, MemorySegment parameters);

  /** Address of a tile. */
  long tileAddress(TokenTiles tiles, int tile, int columns);

  @Override
  void close();
}
