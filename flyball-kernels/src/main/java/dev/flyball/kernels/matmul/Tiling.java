package dev.flyball.kernels.matmul;

/**
 * How a batch's activations are dealt to tiles; kernels of equal tilings read the same memory.
 *
 * @param fine whether tokens have a second place each, for what rounding leaves
 * @param maxTile tokens of the largest tile
 * @param maxPairTile tokens of the largest tile for two panels at once; 0 where there is none
 */
record Tiling(TokenLayout layout, boolean fine, int maxTile, int maxPairTile) {
  /**
   * With so many tokens a tile of two panels is slower than a larger one of a single panel; that
   * matters where few tokens are dealt to tiles.
   */
  private static final int SLOW_PAIR_TOKENS = 4;

  /** One tile where the batch fits in it; else tiles for pairs of panels, where they are large. */
  TokenTiles tiles(int tokens) {
    return TokenTiles.of(tokens, pairs(tokens) ? maxPairTile : maxTile);
  }

  /** Whether kernels may take two panels at once for these tiles. */
  boolean pairs(TokenTiles tiles) {
    return pairs(tiles.tokens());
  }

  private boolean pairs(int tokens) {
    if (tokens <= maxTile || maxPairTile == 0) {
      return false;
    }
    int slow = Math.min(SLOW_PAIR_TOKENS, maxPairTile - 1);
    return tokens > slow * Math.ceilDiv(tokens, maxPairTile);
  }
}
