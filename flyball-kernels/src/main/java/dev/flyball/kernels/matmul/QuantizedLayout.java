package dev.flyball.kernels.matmul;

import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.SimdBuilder;

/**
 * How quantised activations lie in memory for one kind of weights: in tiles of tokens, a tile being
 * a run of groups of columns that share their scales, each complete for all its tokens. A group is
 * a block of 32 columns, or, where super-scaled, eight of them.
 *
 * <pre>
 * group          [block] ... [block][scales][sums]          T = tokens of the tile
 * block          [values][corrections]
 * values         T x 32 signed bytes, each at most 127 in magnitude; where paired, eight of one token alternate
 *                with eight of the next, but for a last one without another
 * corrections    T ints, or 2 x T for halves of 16 columns: minus offset times the sum of the values; where offset != 0
 * scales         T floats
 * sums           of the values of each block, or half of one, only where sums: T floats, or 2 x T, times the scale;
 *                where super-scaled integers instead, in quads as if they were values: for each four of them T x 4
 *                bytes of 128ths, rounded to the nearest, and T x 4 of what that leaves
 * </pre>
 *
 * <p>Fine tokens have a second place each behind those of all of a tile's tokens, for what rounding
 * leaves: in units of a 256th of the first place's scale.
 *
 * @param halves whether weights have scales for 16 columns
 * @param offset what the weights' unsigned codes carry too much
 * @param sums whether weights have minima
 * @param paired whether tokens are multiplied two by two
 * @param superScaled whether 256 columns have one scale: a 127th of the largest magnitude of all;
 *     else each 32 have their own. Only for vectors of 16 lanes
 */
record QuantizedLayout(
    boolean halves, int offset, boolean sums, boolean paired, boolean superScaled)
    implements TokenLayout {
  /** Columns of equal scales where super-scaled. */
  static final int SUPER_COLUMNS = 256;

  /** The first of a sum's two bytes counts this many of the second: 2 to the power of it. */
  static final int SUM_BITS = 7;

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

  /** Blocks that have a scale in common. */
  int groupBlocks() {
    return scaleColumns() / CodePanels.BLOCK;
  }

  /** Quads of sums that a group has where super-scaled. */
  int sumQuads() {
    return groupBlocks() * parts() / 4;
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

  /** Where in a block its corrections begin. */
  int correctionsOffset(int tokens) {
    return CodePanels.BLOCK * tokens;
  }

  int blockBytes(int tokens) {
    return correctionsOffset(tokens) + (offset == 0 ? 0 : 4 * tokens * parts());
  }

  /** Where in a group its scales begin. */
  int scalesOffset(int tokens) {
    return groupBlocks() * blockBytes(tokens);
  }

  /** Where in a group its sums begin. */
  int sumsOffset(int tokens) {
    return scalesOffset(tokens) + 4 * tokens;
  }

  int groupBytes(int tokens) {
    int sumsOfToken = superScaled ? 2 * sumQuads() : parts();
    return sumsOffset(tokens) + (sums ? 4 * tokens * sumsOfToken : 0);
  }

  @Override
  public TileTokens newTokens(InstructionSet level, boolean fine, int maxTokens, int maxColumns) {
    return new QuantizedTokens(this, fine, level, maxTokens, maxColumns);
  }

  @Override
  public long tileBytes(int tokens, int columns) {
    return (long) (columns / scaleColumns()) * groupBytes(tokens);
  }
}
