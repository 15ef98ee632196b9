package dev.flyball.kernels.matmul;

import dev.flyball.kernels.simd.InstructionSet;

/**
 * Activations as floats: column after column, the tokens of a tile side by side; columns are filled
 * up with zeros to whole rounds.
 */
record FloatLayout() implements TokenLayout {
  @Override
  public TileTokens newTokens(InstructionSet level, boolean fine, int maxTokens, int maxColumns) {
    return new FloatTokens(maxTokens, maxColumns);
  }

  @Override
  public long tileBytes(int tokens, int columns) {
    return 4L * tokens * paddedColumns(columns);
  }

  static int paddedColumns(int columns) {
    return Math.ceilDiv(columns, FloatPanels.ROUND) * FloatPanels.ROUND;
  }
}
