package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;
import java.util.Optional;

/**
 * How the rows of a quantised matrix are packed for the kernels: in panels of 16 rows, a panel
 * being a run of super-blocks, each of them complete for all its rows, so that a kernel reads
 * memory in one stream.
 *
 * <pre>
 * super-block   [header][block 0] ... [block n-1]      n = superColumns / 32
 * header        d: 16 halves, minus dmin: 16 halves    each only where scales or mins are SUPER
 * block         [scales][mins][codes]                  32 columns of 16 rows
 * scales, mins  HALF: 16 halves; SUPER: 16 bytes, or 2 x 16 where each has two scales (halves of 16 columns)
 * codes         planes of 64-byte vectors; byte 4r+i of a vector is row r, column i of a quad (four columns)
 *   nibbles     4 vectors; vector j holds quad 2j in its low and quad 2j+1 in its high nibbles
 *   pairs       2 vectors; vector h holds quads 4h to 4h+3, two bits each, lowest first
 *   bits        1 vector; bit j is that of quad j
 *   bytes       8 vectors; vector j is quad j
 * </pre>
 *
 * @param type the stored type
 * @param superColumns columns of a super-block
 * @param codes what a code is made of
 * @param scaled whether a scale stands for 32 or for 16 columns
 * @param scales where scales come from
 * @param mins where minima come from
 * @param offset what is taken from an unsigned code to give the value; 0 where a table or a sign
 *     does that
 * @param table what a code stands for; empty where it stands for itself
 */
record CodePanels(
    TensorType type,
    int superColumns,
    Codes codes,
    Scaled scaled,
    Scales scales,
    Mins mins,
    int offset,
    Optional<CodeTable> table)
    implements Panels {

  /** Columns of a block. */
  static final int BLOCK = 32;

  /** Bits of a code and the planes that they lie in. */
  enum Codes {
    PAIRS(2, false, true, false),
    PAIRS_BITS(3, false, true, true),
    NIBBLES(4, true, false, false),
    NIBBLES_BITS(5, true, false, true),
    NIBBLES_PAIRS(6, true, true, false),
    SIGNED_BYTES(8, false, false, false);

    final int width;
    final boolean nibbles;
    final boolean pairs;
    final boolean bits;

    Codes(int width, boolean nibbles, boolean pairs, boolean bits) {
      this.width = width;
      this.nibbles = nibbles;
      this.pairs = pairs;
      this.bits = bits;
    }

    /** Bytes of a block's codes. */
    int bytes() {
      return BLOCK * ROWS * width / 8;
    }
  }

  /** What one scale stands for. */
  enum Scaled {
    BLOCK,
    HALVES
  }

  /** Where scales come from. */
  enum Scales {
    /** A half for each block. */
    HALF,
    /** A half for the super-block times an unsigned byte. */
    SUPER_UNSIGNED,
    /** A half for the super-block times a signed byte. */
    SUPER_SIGNED,
    /** The exponent byte of a float. */
    EXPONENT
  }

  /** Where minima come from. */
  enum Mins {
    NONE,
    HALF,
    SUPER
  }

  /** The packing of a quantised type. */
  static CodePanels of(TensorType type) {
    return switch (type) {
      case F32, F16, BF16 -> throw new IllegalArgumentException(type + " has no codes");
      case Q4_0 -> small(type, Codes.NIBBLES, Mins.NONE, 8);
      case Q4_1 -> small(type, Codes.NIBBLES, Mins.HALF, 0);
      case Q5_0 -> small(type, Codes.NIBBLES_BITS, Mins.NONE, 16);
      case Q5_1 -> small(type, Codes.NIBBLES_BITS, Mins.HALF, 0);
      case Q8_0 -> small(type, Codes.SIGNED_BYTES, Mins.NONE, 0);
      case Q2_K -> large(type, Codes.PAIRS, Scaled.HALVES, Scales.SUPER_UNSIGNED, Mins.SUPER, 0);
      case Q3_K -> large(type, Codes.PAIRS_BITS, Scaled.HALVES, Scales.SUPER_SIGNED, Mins.NONE, 4);
      case Q4_K -> large(type, Codes.NIBBLES, Scaled.BLOCK, Scales.SUPER_UNSIGNED, Mins.SUPER, 0);
      case Q5_K ->
          large(type, Codes.NIBBLES_BITS, Scaled.BLOCK, Scales.SUPER_UNSIGNED, Mins.SUPER, 0);
      case Q6_K ->
          large(type, Codes.NIBBLES_PAIRS, Scaled.HALVES, Scales.SUPER_SIGNED, Mins.NONE, 32);
      case IQ4_NL -> table(type, 32, Scales.HALF, 0, CodeTable.IQ4);
      case IQ4_XS -> table(type, 256, Scales.SUPER_SIGNED, 0, CodeTable.IQ4);
      case MXFP4 -> table(type, 32, Scales.EXPONENT, CodeTable.MXFP4_OFFSET, CodeTable.MXFP4);
    };
  }

  private static CodePanels small(TensorType type, Codes codes, Mins mins, int offset) {
    return new CodePanels(
        type, BLOCK, codes, Scaled.BLOCK, Scales.HALF, mins, offset, Optional.empty());
  }

  private static CodePanels large(
      TensorType type, Codes codes, Scaled scaled, Scales scales, Mins mins, int offset) {
    return new CodePanels(type, 256, codes, scaled, scales, mins, offset, Optional.empty());
  }

  private static CodePanels table(
      TensorType type, int superColumns, Scales scales, int offset, CodeTable table) {
    return new CodePanels(
        type,
        superColumns,
        Codes.NIBBLES,
        Scaled.BLOCK,
        scales,
        Mins.NONE,
        offset,
        Optional.of(table));
  }

  /** Scales, and minima, that a block has for each row. */
  int scalesPerBlock() {
    return scaled == Scaled.HALVES ? 2 : 1;
  }

  /** Whether codes, after the table, are signed bytes of the full range. */
  boolean signed() {
    return codes == Codes.SIGNED_BYTES || table.filter(CodeTable::signed).isPresent();
  }

  boolean hasSuperScale() {
    return scales == Scales.SUPER_SIGNED || scales == Scales.SUPER_UNSIGNED;
  }

  /** Where in the header minus dmin lies. */
  int headerMinOffset() {
    return hasSuperScale() ? 2 * ROWS : 0;
  }

  int headerBytes() {
    return headerMinOffset() + (mins == Mins.SUPER ? 2 * ROWS : 0);
  }

  int scaleBytes() {
    return scales == Scales.HALF ? 2 * ROWS : ROWS * scalesPerBlock();
  }

  int minBytes() {
    return switch (mins) {
      case NONE -> 0;
      case HALF -> 2 * ROWS;
      case SUPER -> ROWS * scalesPerBlock();
    };
  }

  /** Where in a block its codes begin. */
  int codesOffset() {
    return scaleBytes() + minBytes();
  }

  /** Where in a block its pairs begin: behind the nibbles. */
  int pairsOffset() {
    return codesOffset() + (codes.nibbles ? 4 * 64 : 0);
  }

  /** Where in a block its bits begin: behind nibbles and pairs. */
  int bitsOffset() {
    return pairsOffset() + (codes.pairs ? 2 * 64 : 0);
  }

  int blockBytes() {
    return codesOffset() + codes.bytes();
  }

  int blocksPerSuper() {
    return superColumns / BLOCK;
  }

  int superBytes() {
    return headerBytes() + blocksPerSuper() * blockBytes();
  }

  @Override
  public int rounds(int columns) {
    return columns / superColumns;
  }

  @Override
  public PanelPacker newPacker() {
    return new CodePanelPacker(this);
  }

  @Override
  public long panelBytes(int columns) {
    return (long) (columns / superColumns) * superBytes();
  }
}
