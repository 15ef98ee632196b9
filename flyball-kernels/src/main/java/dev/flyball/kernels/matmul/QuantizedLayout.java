package dev.flyball.kernels.matmul;

import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.SimdBuilder;

/**
 * How quantised activations lie in memory for one kind of weights: in tiles of tokens, a tile being
 * a run of blocks of 32 columns, each complete for all its tokens.
 *
 * <pre>
 * block          [values][scales][corrections][sums]        T = tokens of the tile
 * values         T x 32 signed bytes, each at most 127 in magnitude; where paired, eight of one token alternate
 *                with eight of the next, but for a last one without another
 * scales         T floats
 * corrections    T ints, or 2 x T for halves of 16 columns: minus offset times the sum of the values; where offset != 0
 * sums           T floats, or 2 x T: scale times the sum of the values; where sums
 * </pre>
 *
 * <p>Fine tokens have a second place each behind those of all of a tile's tokens, for what rounding
 * leaves: in units of a 256th of the first place's scale.
 *
 * @param halves whether weights have scales for 16 columns
 * @param offset what the weights' unsigned codes carry too much
 * @param sums whether weights have minima
 * @param paired whether tokens are multiplied two by two
 * @param superScaled whether the scales of 256 columns are equal: a 127th of the largest magnitude
 *     of all; else each is of its 32 columns
 */
record QuantizedLayout(
    boolean halves, int offset, boolean sums, boolean paired, boolean superScaled)
    implements TokenLayout {
  /** Columns of equal scales where super-scaled. */
  static final int SUPER_COLUMNS = 256;

  /** What is in a second place has this many bits behind those of the first. */
  static final int REST_BITS = 8;

  /** The layout that the weights' format wants of a processor. */
  static QuantizedLayout of(CodePanels format, SimdBuilder processor) {
    return new QuantizedLayout(
        format.scalesPerBlock() == 2,
        format.signed() ? processor.signedBias() : format.offset(),
        format.mins() != CodePanels.Mins.NONE,
        processor.matrixOperations().isPresent(),
        false);
  }

  /** As {@link #of}, for {@link UnpackedTileKernel}. */
  static QuantizedLayout ofUnpacked(CodePanels format, SimdBuilder processor) {
    QuantizedLayout layout = of(format, processor);
    return new QuantizedLayout(layout.halves, layout.offset, layout.sums, false, true);
  }

  /** Columns that a scale is found for. */
  int scaleColumns() {
    return superScaled ? SUPER_COLUMNS : CodePanels.BLOCK;
  }

  int parts() {
    return halves ? 2 : 1;
  }

  /** Where in a block the first eight values of a token lie. */
  int valuesOffset(int token, int tokens) {
    return isInPair(token, tokens)
        ? 2 * CodePanels.BLOCK * (token / 2) + 8 * (token % 2)
        : CodePanels.BLOCK * token;
  }

  /** Bytes from eight values of a token to its next eight. */
  int valuesStride(int token, int tokens) {
    return isInPair(token, tokens) ? 16 : 8;
  }

  private boolean isInPair(int token, int tokens) {
    return paired && (token | 1) < tokens;
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
