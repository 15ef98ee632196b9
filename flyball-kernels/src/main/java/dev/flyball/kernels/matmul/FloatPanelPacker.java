package dev.flyball.kernels.matmul;

import static dev.flyball.kernels.matmul.Words.intAt;
import static dev.flyball.kernels.matmul.Words.putInt;
import static dev.flyball.kernels.matmul.Words.putShort;
import static dev.flyball.kernels.matmul.Words.shortAt;

import java.util.Arrays;

/** Packs rows of floats into panels; see {@link FloatPanels} for the layout. */
final class FloatPanelPacker implements PanelPacker {
  /** Columns whose part of a panel stays in the first-level cache. */
  private static final int STRETCH = 256;

  private static final int ROWS = Panels.ROWS;

  private final FloatPanels format;

  FloatPanelPacker(FloatPanels format) {
    this.format = format;
  }

  @Override
  public void pack(byte[] stored, int rows, int columns, byte[] panel) {
    Arrays.fill(panel, 0, (int) format.panelBytes(columns), (byte) 0);
    for (int first = 0; first < columns; first += STRETCH) {
      int end = Math.min(columns, first + STRETCH);
      for (int r = 0; r < rows; r++) {
        switch (format.type().blockBytes()) {
          case 2 -> putShorts(stored, r * columns, panel, r, first, end);
          case 4 -> putInts(stored, r * columns, panel, r, first, end);
          default -> throw new IllegalArgumentException(format.type() + " is no float");
        }
      }
    }
  }

  private static void putShorts(byte[] stored, int row, byte[] panel, int r, int first, int end) {
    for (int c = first; c < end; c++) {
      putShort(panel, 2 * (c * ROWS + r), shortAt(stored, 2 * (row + c)));
    }
  }

  private static void putInts(byte[] stored, int row, byte[] panel, int r, int first, int end) {
    for (int c = first; c < end; c++) {
      putInt(panel, 4 * (c * ROWS + r), intAt(stored, 4 * (row + c)));
    }
  }
}
