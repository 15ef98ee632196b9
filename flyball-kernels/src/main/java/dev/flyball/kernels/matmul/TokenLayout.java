package dev.flyball.kernels.matmul;

import dev.flyball.kernels.simd.InstructionSet;

/** How activations lie in memory for one kind of kernel. Equal layouts share their memory. */
sealed interface TokenLayout permits QuantizedLayout, FloatLayout {
  /** Memory for batches of up to so many tokens. */
  TileTokens newTokens(InstructionSet level, int maxTokens, int maxColumns);

  /** Bytes of a tile. */
  long tileBytes(int tokens, int columns);
}
