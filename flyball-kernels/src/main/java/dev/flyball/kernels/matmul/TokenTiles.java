package dev.flyball.kernels.matmul;

/**
 * How the tokens of a batch are dealt to tiles: as few tiles as the largest tile allows, their
 * sizes equal or one apart, larger ones first.
 *
 * @param tokens tokens of the batch, at least 1
 * @param tiles number of tiles
 */
record TokenTiles(int tokens, int tiles) {
  static TokenTiles of(int tokens, int maxTile) {
    return new TokenTiles(tokens, Math.ceilDiv(tokens, maxTile));
  }

  int size(int tile) {
    return tokens / tiles + (tile < tokens % tiles ? 1 : 0);
  }

  /** Tiles of a run: as few runs as may be with so many tiles at most, and none much shorter. */
  int perRun(int mostTiles) {
    return Math.ceilDiv(tiles, Math.ceilDiv(tiles, mostTiles));
  }

  /** The first token of a tile. */
  int first(int tile) {
    return tile * (tokens / tiles) + Math.min(tile, tokens % tiles);
  }
}
