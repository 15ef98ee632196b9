package dev.flyball.kernels.attention;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Generates the end of a tile: weighted values, divided by the sum of their weights, become rows of
 * an array.
 */
final class TileFinishKernel {
  // Parameters, each 8 bytes.

  /** Number of queries. */
  static final int COUNT = 0;

  /** As in {@link TileStartKernel}; its second array is the one here. */
  static final int ROWS = 1;

  /** Addresses of parts of the {@link TileState}. */
  static final int SUMS = 2;

  static final int OUT = 3;

  static final int PARAMETERS = 4;

  private TileFinishKernel() {}

  static byte[] generate(SimdBuilder s, KvLayout layout) {
    Reg result = s.array(0);
    Reg row = s.register();
    Reg count = s.parameter(COUNT);
    Reg rows = s.parameter(ROWS);
    Reg sums = s.parameter(SUMS);
    Reg out = s.parameter(OUT);
    Vec one = s.vector();
    s.constantFloat(one, 1);
    Vec inverse = s.vector();
    Vec value = s.vector();
    Label next = new Label();
    s.bind(next);
    s.load(inverse, sums, 0);
    s.sumLanes(inverse, value);
    s.divide(inverse, one, inverse);
    s.loadAddress(row, rows, TileStartKernel.VALUE_ROW);
    s.add(row, result);
    TileStartKernel.scaleRow(s, out, row, inverse, value, layout.valueLength());
    s.add(rows, TileStartKernel.ROW_BYTES);
    s.add(sums, Float.BYTES * TileState.VECTOR);
    s.add(out, Float.BYTES * layout.paddedValues());
    s.decrementAndJumpIfNotZero(count, next);
    return s.finish();
  }
}
