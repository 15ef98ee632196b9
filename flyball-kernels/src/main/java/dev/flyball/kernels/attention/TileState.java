package dev.flyball.kernels.attention;

/**
 * Where the running state of a tile of queries lies, in bytes from its start; all of it floats.
 *
 * <pre>
 * maxima   (PADDED_QUERIES)           the largest score so far
 * factors  (PADDED_QUERIES)           what the last block scaled the state by
 * largest  (PADDED_QUERIES)           the largest score of some tokens of the block at hand
 * sums     (queries, VECTOR)         weights so far, summed lane by lane
 * scores   (queries, BLOCK_TOKENS)   of the block at hand
 * out      (queries, values)         weighted values so far
 * scales   (BLOCK_TOKENS)            of the values of the block at hand, where they are halves there
 * </pre>
 *
 * @param queries of the tile
 * @param values padded values of a head
 */
record TileState(int queries, int values) {
  /** Floats of the longest vector. */
  static final int VECTOR = 16;

  /** Most queries of a tile, and as many as fill vectors. */
  static final int PADDED_QUERIES = 16;

  int maximum(int query) {
    return 4 * query;
  }

  int factor(int query) {
    return 4 * (PADDED_QUERIES + query);
  }

  int largest(int query) {
    return 4 * (2 * PADDED_QUERIES + query);
  }

  int sum(int query) {
    return 4 * (3 * PADDED_QUERIES + VECTOR * query);
  }

  int scores() {
    return sum(queries);
  }

  int out(int query) {
    return scores() + 4 * (KvLayout.BLOCK_TOKENS * queries + values * query);
  }

  int scales() {
    return out(queries);
  }

  int bytes() {
    return scales() + 4 * KvLayout.BLOCK_TOKENS;
  }
}
