package dev.flyball.kernels.matmul;

import java.lang.foreign.MemorySegment;

/** The activations of a batch in tiles, as kernels read them. Filled again for every product. */
interface TileTokens extends AutoCloseable {
  /**
   * Lays out the tokens of one tile, from column {@code from} to {@code end}; tiles and their parts
   * may be filled by different threads at the same time.
   *
   * @param x (tokens, columns), row after row
   * @param from a multiple of 256
   * @param end a multiple of 256, or all columns
   * @param parameters scratch of the calling thread, for a kernel's parameters
   */
  void fill(
      float[] x,
      int columns,
      int from,
      int end,
      TokenTiles tiles,
      int tile,
      MemorySegment parameters);

  /** Address of a tile. */
  long tileAddress(TokenTiles tiles, int tile, int columns);

  @Override
  void close();
}
