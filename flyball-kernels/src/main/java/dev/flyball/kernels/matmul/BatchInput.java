package dev.flyball.kernels.matmul;

/**
 * A batch's tokens as kernels of one tiling read them: in groups that meet matrices of their own,
 * each dealt to tiles.
 */
interface BatchInput {
  Tiling tiling();

  TileTokens memory();

  /** How a group's tokens are dealt to tiles. */
  TokenTiles tiles(int group);

  /** The first of a group's tokens in the batch. */
  int firstToken(int group);
}
