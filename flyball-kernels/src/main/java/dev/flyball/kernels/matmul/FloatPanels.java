package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;

/**
 * How the rows of a matrix of floats are packed: column after column, the 16 rows of a column side
 * by side, in the stored type; columns are filled up with zeros to whole rounds of the kernel.
 *
 * @param type F32, F16 or BF16
 */
record FloatPanels(TensorType type) implements Panels {
  /** Columns of a round. */
  static final int ROUND = 4;

  @Override
  public long panelBytes(int columns) {
    return (long) rounds(columns) * ROUND * ROWS * type.blockBytes();
  }

  @Override
  public int rounds(int columns) {
    return Math.ceilDiv(columns, ROUND);
  }

  @Override
  public PanelPacker newPacker() {
    return new FloatPanelPacker(this);
  }
}
