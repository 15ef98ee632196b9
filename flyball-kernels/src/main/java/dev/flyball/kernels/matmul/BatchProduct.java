package dev.flyball.kernels.matmul;

/** One matrix' product with a batch of tokens, cut into pieces that different workers may run. */
sealed interface BatchProduct permits TileProduct, UnpackedProduct {
  int pieces();

  /**
   * @param team how many workers share the pieces
   * @param worker of the calling thread
   */
  void run(int piece, int team, TileProduct.Worker worker);
}
