package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;

/**
 * How a matrix is packed for the kernels: in panels of {@value #ROWS} rows that lie side by side in
 * the lanes of vectors, so that a kernel reads memory in one stream and needs no horizontal sums.
 */
sealed interface Panels permits CodePanels, FloatPanels {
  /** Rows of a panel. */
  int ROWS = 16;

  /** The packing of a type. */
  static Panels of(TensorType type) {
    return switch (type) {
      case F32, F16, BF16 -> new FloatPanels(type);
      default -> CodePanels.of(type);
    };
  }

  /** The stored type. */
  TensorType type();

  /** Bytes of a panel of so many columns. */
  long panelBytes(int columns);

  /** How many times a kernel goes round for so many columns. */
  int rounds(int columns);

  /** A packer for one thread. */
  PanelPacker newPacker();
}
