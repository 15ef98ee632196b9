package dev.flyball.kernels.attention;

/**
 * Where the running state of a tile of queries lies, in bytes from its start; all of it floats.
 *
 * <pre>
 * maxima   (queries, VECTOR)        the largest score so far, in every lane
 * sums     (queries, VECTOR)        weights so far, summed lane by lane
 * factors  (queries, VECTOR)        what the last block scaled the state by, in every lane
 * scores   (queries, BLOCK_TOKENS)  of the block at hand
 * out      (queries, values)        weighted values so far
 * </pre>
 *
 * @param queries of the tile
 * @param values padded values of a head
 */
record TileState(int queries, int values) {
  /** Floats of the longest vector. */
  static final int VECTOR = 16;

  int maximum(int query) {
    return 4 * VECTOR * query;
  }

  int sum(int query) {
    return 4 * VECTOR * (queries + query);
  }

  int factor(int query) {
    return 4 * VECTOR * (2 * queries + query);
  }

  int scores() {
    return 4 * VECTOR * 3 * queries;
  }

  int out(int query) {
    return scores() + 4 * (KvLayout.BLOCK_TOKENS * queries + values * query);
  }

  int bytes() {
    return out(queries);
  }
}
