package dev.flyball.kernels.matmul;

import java.lang.foreign.MemorySegment;

/** The activations of a batch in tiles, as kernels read them. Filled again for every product. */
interface TileTokens extends AutoCloseable {
  /**
   * Lays out the tokens of one tile, from column {@code from} to {@code end}; tiles and their parts
   * may be filled by different threads at the same time.
   *
   * @param x (rows, columns), row after row
   * @param rows which of them are the batch's tokens
   * @param from a multiple of 256
   * @param end a multiple of 256, or all columns
   * @param first first token of the tile in the batch
   * @param size tokens of the tile
   * @param parameters scratch of the calling thread, for a kernel's parameters
   */
  void fill(
      float[] x,
      RowGroups rows,
      int columns,
      int from,
      int end,
      int first,
      int size,
      MemorySegment parameters);

  /**
   * Address of the tile that begins with a token.
   *
   * @param first that token's place in the batch
   */
  long tileAddress(int first, int columns);

  @Override
  void close();
}
