package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.matmul.CodePanels.Mins;

/**
 * One stored block or super-block of a quantised row, taken apart: {@code value = (code - offset) *
 * scale + min}, codes unsigned. For packers outside of this package; filled again for every block,
 * not thread-safe.
 */
public final class RowBlocks {
  private final CodePanels format;
  private final RowCodes row = new RowCodes();

  /** The unsigned code of each stored one. */
  private final int[] codes = new int[256];

  /**
   * @throws IllegalArgumentException where the type is one of floats
   */
  public RowBlocks(TensorType type) {
    format = CodePanels.of(type);
    for (int stored = 0; stored < codes.length; stored++) {
      int code = stored;
      if (format.table().isPresent()) {
        code = format.table().get().values().get(stored % 16);
      }
      codes[stored] = format.signed() ? (byte) code + 128 : code;
    }
  }

  /** Columns of a stored block or super-block. */
  public int columns() {
    return format.superColumns();
  }

  /** Columns that have a scale in common: 16 or 32. */
  public int scaledColumns() {
    return CodePanels.BLOCK / format.scalesPerBlock();
  }

  /** Bits that every code fits into: 4 or 8. */
  public int codeBits() {
    return format.table().isEmpty() && format.codes().width <= 4 ? 4 : 8;
  }

  /** What a code has too much. */
  public int offset() {
    return format.signed() ? 128 : format.offset();
  }

  /** Whether scales, and minima, are halves as they are. */
  public boolean hasHalves() {
    return format.scales() == CodePanels.Scales.HALF && format.mins() != Mins.SUPER;
  }

  public boolean hasMins() {
    return format.mins() != Mins.NONE;
  }

  /** Reads the block or super-block that begins at {@code at}. */
  public void read(byte[] source, int at) {
    row.read(format.type(), source, at, 1);
  }

  /** The code of a column of the block last read. */
  public int code(int column) {
    return codes[(int) (row.codes[column >> 3] >>> (8 * (column & 7))) & 0xff];
  }

  /**
   * @param group of {@link #scaledColumns()} columns
   */
  public float scale(int group) {
    return switch (format.scales()) {
      case HALF -> superScale();
      case SUPER_UNSIGNED -> superScale() * (row.scales[group] & 0xff);
      case SUPER_SIGNED -> superScale() * row.scales[group];
      case EXPONENT -> Float.intBitsToFloat((row.superScales[0] & 0xff) << 23);
    };
  }

  private float superScale() {
    return Float.float16ToFloat(row.superScales[0]);
  }

  /** As {@link #scale}, what is added to each value. */
  public float min(int group) {
    float half = Float.float16ToFloat(row.superMins[0]);
    return switch (format.mins()) {
      case NONE -> 0;
      case HALF -> half;
      case SUPER -> -half * (row.mins[group] & 0xff);
    };
  }
}
