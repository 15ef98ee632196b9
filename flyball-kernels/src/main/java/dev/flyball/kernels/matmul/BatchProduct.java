package dev.flyball.kernels.matmul;

/**
 * One matrix' product with a batch of tokens, cut into pieces that different workers may run. Set
 * up again for every product by one thread.
 */
abstract sealed class BatchProduct permits TileProduct, UnpackedProduct {
  PackedMatrix w;

  /** Whether tokens have a second place each, for what rounding leaves. */
  boolean fine;

  TileTokens activations;

  /** Of the tokens that meet this matrix. */
  TokenTiles tiles;

  /** The first of them in the batch. */
  int firstToken;

  /** (tokens, rows) of the batch. */
  float[] out;

  BatchProduct(PackedMatrix w, BatchInput input, int group, float[] out) {
    set(w, input, group, out);
  }

  /** As if it were made with these. */
  final void set(PackedMatrix w, BatchInput input, int group, float[] out) {
    this.w = w;
    fine = input.tiling().fine();
    activations = input.memory();
    tiles = input.tiles(group);
    firstToken = input.firstToken(group);
    this.out = out;
  }

  /** The first token of a tile in the batch. */
  final int first(int tile) {
    return firstToken + tiles.first(tile);
  }

  abstract int pieces();

  /**
   * @param team how many workers share the pieces: what this one runs next is likely the piece as
   *     many further on, whose weights are brought into its cache while it runs this one
   * @param worker of the calling thread
   */
  abstract void run(int piece, int team, TileProduct.Worker worker);
}
