package dev.flyball.kernels.matmul;

import dev.flyball.kernels.matmul.CodePanels.Mins;
import dev.flyball.kernels.matmul.CodePanels.Scales;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Emits the packing of a super-block's scales and minima, a lane for each row. Where each type
 * stores them, {@link RowCodes} says.
 */
final class ScalePacking {
  private final PackKernel kernel;
  private final SimdBuilder s;
  private final CodePanels format;

  /** Free for use, as are the two below. */
  private final Vec[] quads;

  private final Vec work;
  private final Vec group;

  ScalePacking(PackKernel kernel, CodePanels format, Vec[] quads, Vec work, Vec group) {
    this.kernel = kernel;
    this.s = kernel.s;
    this.format = format;
    this.quads = quads;
    this.work = work;
    this.group = group;
  }

  void pack(int firstRow) {
    if (format.scales() == Scales.EXPONENT) {
      exponents(firstRow);
      return;
    }
    halves(firstRow);
    if (format.hasSuperScale()) {
      groups(firstRow);
    }
  }

  /** The exponent byte less one, and not below zero. */
  private void exponents(int firstRow) {
    load(0);
    Vec constant = group;
    s.constantInt(constant, 0xff);
    s.and(work, quads[0], constant);
    s.constantInt(constant, 1);
    s.maximumInt(work, work, constant);
    s.constantInt(constant, -1);
    s.addInt(work, work, constant);
    s.storeLowBytes(kernel.panel, format.headerBytes() + firstRow, work);
  }

  /** The halves of the block or super-block: its scale, and its minimum. */
  private void halves(int firstRow) {
    Vec both;
    boolean scaleIsLow = true;
    switch (format.type()) {
      case Q2_K -> {
        load(68);
        both = quads[3];
      }
      case Q3_K -> {
        load(94);
        both = quads[3];
        scaleIsLow = false;
      }
      case Q6_K -> {
        load(194);
        both = quads[3];
        scaleIsLow = false;
      }
      default -> {
        load(0);
        both = quads[0];
      }
    }
    s.shiftRight32(work, both, 16);
    Vec scale = scaleIsLow ? both : work;
    s.storeLowHalves(kernel.panel, 2 * firstRow, scale);
    if (format.mins() == Mins.HALF) {
      s.storeLowHalves(kernel.panel, format.scaleBytes() + 2 * firstRow, work);
    } else if (format.mins() == Mins.SUPER) {
      s.constantInt(group, 0x8000);
      s.xor(work, work, group);
      s.storeLowHalves(kernel.panel, format.headerMinOffset() + 2 * firstRow, work);
    }
  }

  private void groups(int firstRow) {
    switch (format.type()) {
      case Q2_K -> {
        load(0);
        Vec low = constant(0x0f);
        for (int i = 0; i < 4; i++) {
          s.and(group, quads[i], low);
          storeScales(i, firstRow);
          s.shiftRight16(group, quads[i], 4);
          s.and(group, group, low);
          storeMins(i, firstRow);
        }
        s.release(low);
      }
      case Q3_K -> thirdBitScales(firstRow);
      case Q4_K, Q5_K -> sixBitScalesAndMins(firstRow);
      case Q6_K -> {
        load(192);
        for (int i = 0; i < 4; i++) {
          s.or(group, quads[i], quads[i]);
          storeScales(i, firstRow);
        }
      }
      case IQ4_XS -> splitScales(firstRow);
      default -> throw new IllegalArgumentException(format.type() + " has no groups");
    }
  }

  /** Q3_K: low nibbles in two words, the two bits above in a third. */
  private void thirdBitScales(int firstRow) {
    load(92);
    Vec low = constant(0x0f);
    Vec high = constant(0x30);
    for (int i = 0; i < 4; i++) {
      shift(group, quads[1 + (i & 1)], i < 2 ? 0 : 4);
      s.and(group, group, low);
      shift(work, quads[3], 2 * i - 4);
      s.and(work, work, high);
      s.or(group, group, work);
      lessThirtyTwo(group);
      storeScales(i, firstRow);
    }
    s.release(low, high);
  }

  /** Q4_K and Q5_K: six bits each, as {@link RowCodes} puts them together. */
  private void sixBitScalesAndMins(int firstRow) {
    load(4);
    Vec six = constant(0x3f);
    Vec low = constant(0x0f);
    Vec high = constant(0x30);
    s.and(group, quads[0], six);
    storeScales(0, firstRow);
    s.and(group, quads[1], six);
    storeMins(0, firstRow);
    s.and(group, quads[2], low);
    s.shiftRight16(work, quads[0], 2);
    s.and(work, work, high);
    s.or(group, group, work);
    storeScales(1, firstRow);
    s.shiftRight16(group, quads[2], 4);
    s.and(group, group, low);
    s.shiftRight16(work, quads[1], 2);
    s.and(work, work, high);
    s.or(group, group, work);
    storeMins(1, firstRow);
    s.release(six, low, high);
  }

  /** IQ4_XS: low nibbles in the second word, two bits above in the upper half of the first. */
  private void splitScales(int firstRow) {
    load(0);
    Vec low = constant(0x0f);
    Vec high = constant(0x30);
    for (int i = 0; i < 8; i++) {
      shift(group, quads[1], 4 * i);
      s.and(group, group, low);
      s.shiftRight32(work, quads[0], 12 + 2 * i);
      s.and(work, work, high);
      s.or(group, group, work);
      lessThirtyTwo(group);
      s.storeLowBytes(kernel.panel, scaleOffset(i, firstRow), group);
    }
    s.release(low, high);
  }

  /** Takes 32 from each byte, which is below 64. */
  private void lessThirtyTwo(Vec bytes) {
    Vec constant = constant(0x60);
    s.addInt(bytes, bytes, constant);
    s.constantByte(constant, 0x80);
    s.xor(bytes, bytes, constant);
    s.release(constant);
  }

  /** Stores the four bytes of {@code group}: scales 4i to 4i + 3 of the super-block. */
  private void storeScales(int i, int firstRow) {
    storeBytes(i, 0, firstRow);
  }

  private void storeMins(int i, int firstRow) {
    storeBytes(i, format.scaleBytes(), firstRow);
  }

  private void storeBytes(int i, int offset, int firstRow) {
    for (int j = 0; j < 4; j++) {
      shift(work, group, 8 * j);
      s.storeLowBytes(kernel.panel, offset + scaleOffset(4 * i + j, firstRow), work);
    }
  }

  private int scaleOffset(int index, int firstRow) {
    int each = format.scalesPerBlock();
    return format.headerBytes()
        + index / each * format.blockBytes()
        + Panels.ROWS * (index % each)
        + firstRow;
  }

  /** Shifts 32-bit lanes to the right, or to the left where {@code count} is negative. */
  private void shift(Vec destination, Vec source, int count) {
    if (count > 0) {
      s.shiftRight32(destination, source, count);
    } else if (count < 0) {
      s.shiftLeft32(destination, source, -count);
    } else {
      s.or(destination, source, source);
    }
  }

  private void load(int offsetBytes) {
    kernel.load(quads, offsetBytes);
  }

  private Vec constant(int value) {
    Vec vector = s.vector();
    s.constantByte(vector, value);
    return vector;
  }
}
