package dev.flyball.kernels.matmul;

import dev.flyball.kernels.simd.InstructionSet;

/** How activations lie in memory for one kind of kernel. Equal layouts share their memory. */
sealed interface TokenLayout permits QuantizedLayout, FloatLayout {
  /**
   * Memory for batches of up to so many tokens.
   *
   * @param fine whether tokens that are rounded have a second place each for the rest
   */
  TileTokens newTokens(InstructionSet level, boolean fine, int maxTokens, int maxColumns);

  /** Bytes of a tile of so many places. */
  long tileBytes(int places, int columns);
}
