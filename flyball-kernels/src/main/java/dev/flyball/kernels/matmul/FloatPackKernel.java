package dev.flyball.kernels.matmul;

import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/** Generates the packing of rows of floats: 16 bytes of each row at a time become whole columns. */
final class FloatPackKernel extends PackKernel {
  /** Bytes of a row that a block has. */
  static final int ROW_BYTES_PER_BLOCK = 16;

  private final int valueBytes;
  private final Vec[] quads;

  FloatPackKernel(SimdBuilder s, FloatPanels format) {
    super(s);
    valueBytes = format.type().blockBytes();
    quads = new Vec[] {s.vector(), s.vector(), s.vector(), s.vector()};
  }

  @Override
  int storedBytes() {
    return ROW_BYTES_PER_BLOCK;
  }

  @Override
  int packedBytes() {
    return ROW_BYTES_PER_BLOCK * Panels.ROWS;
  }

  @Override
  void block(int firstRow) {
    load(quads, 0);
    int at = valueBytes * firstRow;
    int columnBytes = valueBytes * Panels.ROWS;
    for (int i = 0; i < quads.length; i++) {
      if (valueBytes == 4) {
        s.store(panel, at + columnBytes * i, quads[i]);
      } else {
        storeHalves(at + 2 * columnBytes * i, columnBytes, quads[i]);
      }
    }
  }

  /** Two columns of halves. */
  private void storeHalves(int at, int columnBytes, Vec both) {
    Vec low = s.vector();
    s.or(low, both, both);
    s.storeLowHalves(panel, at, low);
    s.shiftRight32(both, both, 16);
    s.storeLowHalves(panel, at + columnBytes, both);
    s.release(low);
  }
}
