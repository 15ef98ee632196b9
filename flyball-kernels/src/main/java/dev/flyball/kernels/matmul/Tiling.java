package dev.flyball.kernels.matmul;

/**
 * How a batch's activations are dealt to tiles; kernels of equal tilings read the same memory.
 *
 * @param fine whether tokens have a second place each, for what rounding leaves
 * @param maxTile tokens of the largest tile
 * @param maxPairTile tokens of the largest tile for two panels at once; 0 where there is none
 */
record Tiling(TokenLayout layout, boolean fine, int maxTile, int maxPairTile) {
  /** One tile where the batch fits in it; else tiles for pairs of panels, where there are some. */
  TokenTiles tiles(int tokens) {
    return TokenTiles.of(tokens, tokens > maxTile && maxPairTile > 0 ? maxPairTile : maxTile);
  }

  /** Whether kernels may take two panels at once for these tiles. */
  boolean pairs(TokenTiles tiles) {
    return tiles.tiles() > 1 && maxPairTile > 0;
  }
}
