package dev.flyball.kernels.matmul;

import dev.flyball.kernels.matmul.CodePanels.Mins;
import dev.flyball.kernels.matmul.CodePanels.Scales;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Emits the reading of a block's scales and minima of as many rows as there are lanes, as floats.
 */
final class ScaleReader {
  private final SimdBuilder s;
  private final CodePanels format;
  private final Reg block;
  private final Reg header;

  /**
   * @param block holds the address of the block
   * @param header holds the address of its super-block's header
   */
  ScaleReader(SimdBuilder s, CodePanels format, Reg block, Reg header) {
    this.s = s;
    this.format = format;
    this.block = block;
    this.header = header;
  }

  void loadScale(Vec scale, Vec scratch, int part, int firstRow) {
    int bytes = Panels.ROWS * part + firstRow;
    switch (format.scales()) {
      case HALF -> s.loadHalf(scale, block, 2 * firstRow);
      case EXPONENT -> {
        s.loadUnsignedBytes(scale, block, firstRow);
        s.shiftLeft32(scale, scale, 23);
      }
      case SUPER_UNSIGNED, SUPER_SIGNED -> {
        if (format.scales() == Scales.SUPER_SIGNED) {
          s.loadSignedBytes(scale, block, bytes);
        } else {
          s.loadUnsignedBytes(scale, block, bytes);
        }
        s.intToFloat(scale, scale);
        s.loadHalf(scratch, header, 2 * firstRow);
        s.multiply(scale, scale, scratch);
      }
    }
  }

  /** Only where the format has minima. */
  void loadMin(Vec min, Vec scratch, int part, int firstRow) {
    int mins = format.scaleBytes();
    if (format.mins() == Mins.HALF) {
      s.loadHalf(min, block, mins + 2 * firstRow);
    } else {
      s.loadUnsignedBytes(min, block, mins + Panels.ROWS * part + firstRow);
      s.intToFloat(min, min);
      s.loadHalf(scratch, header, format.headerMinOffset() + 2 * firstRow);
      s.multiply(min, min, scratch);
    }
  }
}
