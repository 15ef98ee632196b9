package dev.flyball.kernels.matmul;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * The frame of the packing of one panel: 16 stored rows, read block after block in step, become
 * lanes; see {@link CodePanels} and {@link FloatPanels} for the layouts. Where a vector is shorter
 * than 16 lanes the rows are gone through once for each part of them. Parameters are those below.
 *
 * <p>Nothing beyond the rows is read: the last of a file's rows may end where its mapping ends.
 */
abstract class PackKernel {
  /** Address of the first row. */
  static final int SOURCE = 0;

  /** Bytes from row to row. */
  static final int ROW_BYTES = 1;

  /** Address of the panel. */
  static final int PANEL = 2;

  /** How many blocks of {@link #storedBytes} a row has. */
  static final int BLOCKS = 3;

  static final int COUNT = 4;

  final SimdBuilder s;

  /** Holds the address of the first of the rows' blocks under way. */
  private final Reg row;

  /** Holds the bytes from row to row. */
  private final Reg rowBytes;

  /** Holds the address of that block in the panel. */
  final Reg panel;

  PackKernel(SimdBuilder s) {
    this.s = s;
    row = s.register();
    rowBytes = s.parameter(ROW_BYTES);
    panel = s.register();
  }

  /** The kernel of a format. */
  static byte[] generate(SimdBuilder s, Panels format) {
    return switch (format) {
      case CodePanels codes -> new CodePackKernel(s, codes).assemble();
      case FloatPanels floats -> new FloatPackKernel(s, floats).assemble();
    };
  }

  /** Bytes of a row that {@link #block} reads. */
  abstract int storedBytes();

  /** Bytes of the panel that it writes. */
  abstract int packedBytes();

  /** One block of as many rows as there are lanes, the panel's rows from {@code firstRow} on. */
  abstract void block(int firstRow);

  /** Loads 16 bytes of the block of each row; see {@link SimdBuilder#loadRows}. */
  final void load(Vec[] quads, int offsetBytes) {
    if (offsetBytes < 0 || offsetBytes + 16 > storedBytes()) {
      throw new IllegalArgumentException(offsetBytes + " is too near the end of the block");
    }
    s.loadRows(quads, row, rowBytes, offsetBytes);
  }

  final byte[] assemble() {
    Reg firstOfRows = s.parameter(SOURCE);
    for (int firstRow = 0; firstRow < Panels.ROWS; firstRow += s.lanes()) {
      s.copy(row, firstOfRows);
      s.reload(panel, PANEL);
      Reg blocks = s.parameter(BLOCKS);
      Label next = new Label();
      s.bind(next);
      block(firstRow);
      s.add(row, storedBytes());
      s.add(panel, packedBytes());
      s.decrementAndJumpIfNotZero(blocks, next);
      s.release(blocks);
      for (int i = 0; i < s.lanes(); i++) {
        s.add(firstOfRows, rowBytes);
      }
    }
    return s.finish();
  }
}
