package dev.flyball.kernels.matmul;

import dev.flyball.kernels.simd.InstructionSet;

/**
 * How quantised activations lie in memory for one kind of weights: in tiles of tokens, a tile being
 * a run of blocks of 32 columns, each complete for all its tokens.
 *
 * <pre>
 * block          [values][scales][corrections][sums]        T = tokens of the tile
 * values         T x 32 signed bytes, each at most 127 in magnitude
 * scales         T floats
 * corrections    T ints, or 2 x T for halves of 16 columns: minus offset times the sum of the values; where offset != 0
 * sums           T floats, or 2 x T: scale times the sum of the values; where sums
 * </pre>
 *
 * @param halves whether weights have scales for 16 columns
 * @param offset what the weights' unsigned codes carry too much
 * @param sums whether weights have minima
 */
record QuantizedLayout(boolean halves, int offset, boolean sums) implements TokenLayout {

  /**
   * The layout that the weights' format wants of a processor that biases signed bytes by {@code
   * signedBias}.
   */
  static QuantizedLayout of(CodePanels format, int signedBias) {
    return new QuantizedLayout(
        format.scalesPerBlock() == 2,
        format.signed() ? signedBias : format.offset(),
        format.mins() != CodePanels.Mins.NONE);
  }

  int parts() {
    return halves ? 2 : 1;
  }

  int scalesOffset(int tokens) {
    return CodePanels.BLOCK * tokens;
  }

  int correctionsOffset(int tokens) {
    return scalesOffset(tokens) + 4 * tokens;
  }

  int sumsOffset(int tokens) {
    return correctionsOffset(tokens) + (offset == 0 ? 0 : 4 * tokens * parts());
  }

  int blockBytes(int tokens) {
    return sumsOffset(tokens) + (sums ? 4 * tokens * parts() : 0);
  }

  @Override
  public TileTokens newTokens(InstructionSet level, boolean fine, int maxTokens, int maxColumns) {
    return new QuantizedTokens(this, fine, level, maxTokens, maxColumns);
  }

  @Override
  public long tileBytes(int tokens, int columns) {
    return (long) (columns / CodePanels.BLOCK) * blockBytes(tokens);
  }
}
