package dev.flyball.kernels.matmul;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.MatrixOperations;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Generates the quantisation of one token of a tile, block after block, as {@link QuantizedLayout}
 * lays them out: scale = largest magnitude / 127, values = x / scale to the nearest. What that
 * leaves is rounded in units of a 256th of the scale.
 *
 * <p>Magnitudes are compared as ints, whose order for floats without a sign is the floats' own and
 * puts NaN on top: a block with NaN or an infinity gets a scale of that, and so do its products. No
 * scale is below the smallest normal float, whose reciprocal is finite; zeros stay zero under it.
 */
final class QuantizeKernel {
  /** Offset of the token's first value in the array, in bytes. */
  static final int SOURCE = 0;

  /** Address of the token's values in the first block. */
  static final int VALUES = 1;

  /** Address of its scale there. */
  static final int SCALES = 2;

  /** Address of its first correction there; unused where the layout has none. */
  static final int CORRECTIONS = 3;

  /** Address of its first sum there; unused where the layout has none. */
  static final int SUMS = 4;

  /** Bytes from a correction or sum of the first half of a block to that of the second. */
  static final int HALF_BYTES = 5;

  /** Bytes from block to block. */
  static final int BLOCK_BYTES = 6;

  /** Groups of columns of one scale. */
  static final int GROUPS = 7;

  /** Bytes from eight values to the next eight; unused where the layout's tokens have no pairs. */
  static final int VALUES_STRIDE = 8;

  static final int COUNT = 9;

  private final SimdBuilder s;
  private final QuantizedLayout layout;
  private final boolean rest;
  private final Reg x;
  private final Vec[] values;
  private final Vec scale;

  /** What the values stored are in units of: the scale, or a part of it. */
  private final Vec unit;

  private final Vec work;
  private final Vec withoutSign;
  private final Vec largestValue;
  private final Vec smallestScale;
  private final Vec one;
  private final Vec unitsOfScale;
  private final Vec offsetFactor;

  private QuantizeKernel(SimdBuilder s, QuantizedLayout layout, boolean rest) {
    this.s = s;
    this.layout = layout;
    this.rest = rest;
    x = s.array(0);
    values = new Vec[CodePanels.BLOCK / s.lanes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = s.vector();
    }
    scale = s.vector();
    unit = rest ? s.vector() : scale;
    work = s.vector();
    withoutSign = s.vector();
    s.constantInt(withoutSign, Integer.MAX_VALUE);
    largestValue = constant(127);
    smallestScale = constant(Float.MIN_NORMAL);
    one = constant(1);
    unitsOfScale = rest ? constant(1 << QuantizedLayout.REST_BITS) : one;
    offsetFactor = constant(-layout.offset());
  }

  private Vec constant(float value) {
    Vec vector = s.vector();
    s.constantFloat(vector, value);
    return vector;
  }

  /**
   * @param rest whether what is quantised is not x but what the quantisation of x leaves of it
   */
  static byte[] generate(SimdBuilder s, QuantizedLayout layout, boolean rest) {
    return new QuantizeKernel(s, layout, rest).kernel();
  }

  private byte[] kernel() {
    Reg offset = s.parameter(SOURCE);
    s.add(x, offset);
    s.release(offset);
    Reg bytes = s.parameter(VALUES);
    Reg scales = s.parameter(SCALES);
    Reg corrections = s.parameter(CORRECTIONS);
    Reg sums = s.parameter(SUMS);
    Reg step = s.parameter(BLOCK_BYTES);
    Reg groups = s.parameter(GROUPS);
    Reg blocks = s.register();
    Label nextGroup = new Label();
    Label nextBlock = new Label();
    s.bind(nextGroup);
    findScale(blocks);
    s.set(blocks, blocksOfGroup());
    s.bind(nextBlock);
    s.storeLane(scales, 0, unit);
    round();
    if (layout.offset() != 0 || layout.sums()) {
      storeSums(corrections, sums);
    }
    for (Vec value : values) {
      s.floatToInt(value, value);
    }
    storeValues(bytes);
    s.add(x, 4 * CodePanels.BLOCK);
    s.add(bytes, step);
    s.add(scales, step);
    s.add(corrections, step);
    s.add(sums, step);
    s.decrementAndJumpIfNotZero(blocks, nextBlock);
    s.decrementAndJumpIfNotZero(groups, nextGroup);
    return s.finish();
  }

  private void storeValues(Reg bytes) {
    if (!layout.paired()) {
      s.storeSignedBytes(bytes, 0, values);
      return;
    }
    MatrixOperations matrices = s.matrixOperations().orElseThrow();
    Reg stride = s.parameter(VALUES_STRIDE);
    Reg eight = s.register();
    s.copy(eight, bytes);
    for (int i = 0; i < values.length; i += 2) {
      matrices.storeEightSignedBytes(eight, 0, values[i], values[i + 1]);
      s.add(eight, stride);
    }
    s.release(stride, eight);
  }

  private int blocksOfGroup() {
    return layout.scaleColumns() / CodePanels.BLOCK;
  }

  /** {@code scale = max(largest |value| of the group / 127, smallest normal)}. */
  private void findScale(Reg blocks) {
    Reg block = s.register();
    s.copy(block, x);
    s.set(blocks, blocksOfGroup());
    s.zero(scale);
    Label next = new Label();
    s.bind(next);
    for (int i = 0; i < values.length; i++) {
      s.load(work, block, s.bytes() * i);
      s.and(work, work, withoutSign);
      s.maximumInt(scale, scale, work);
    }
    s.add(block, 4 * CodePanels.BLOCK);
    s.decrementAndJumpIfNotZero(blocks, next);
    s.release(block);
    s.largestIntLane(scale, work);
    s.divide(scale, scale, largestValue);
    s.maximum(scale, smallestScale, scale);
    if (rest) {
      s.divide(unit, scale, unitsOfScale);
    }
  }

  /** Sets {@code values} to what is stored of a block, still as floats; 127 where that is NaN. */
  private void round() {
    s.divide(work, one, scale);
    for (int i = 0; i < values.length; i++) {
      s.load(values[i], x, s.bytes() * i);
      s.multiply(values[i], values[i], work);
      roundNearest(values[i]);
    }
    if (rest) {
      roundRest();
    }
  }

  /** {@code values = rint((x - values * scale) / unit)}, at least -127. */
  private void roundRest() {
    for (int i = 0; i < values.length; i++) {
      s.multiply(values[i], values[i], scale);
      s.load(work, x, s.bytes() * i);
      s.subtract(values[i], work, values[i]);
    }
    s.divide(work, one, scale);
    for (Vec value : values) {
      s.multiply(value, value, work);
      s.multiply(value, value, unitsOfScale);
    }
    s.constantFloat(work, -127);
    for (Vec value : values) {
      s.maximum(value, work, value);
      roundNearest(value);
    }
  }

  private void roundNearest(Vec value) {
    s.minimum(value, value, largestValue);
    s.floatToInt(value, value);
    s.intToFloat(value, value);
  }

  /** Sums of up to 32 bytes are exact in floats, and so are they times an offset of up to 128. */
  private void storeSums(Reg corrections, Reg sums) {
    Vec sum = s.vector();
    int perPart = values.length / layout.parts();
    Reg correction = s.register();
    Reg scaledSum = s.register();
    s.copy(correction, corrections);
    s.copy(scaledSum, sums);
    for (int part = 0; part < layout.parts(); part++) {
      if (part > 0) {
        Reg half = s.parameter(HALF_BYTES);
        s.add(correction, half);
        s.add(scaledSum, half);
        s.release(half);
      }
      s.zero(sum);
      for (int i = part * perPart; i < (part + 1) * perPart; i++) {
        s.addFloat(sum, sum, values[i]);
      }
      s.sumLanes(sum, work);
      if (layout.offset() != 0) {
        s.multiply(work, sum, offsetFactor);
        s.floatToInt(work, work);
        s.storeLane(correction, 0, work);
      }
      if (layout.sums()) {
        s.multiply(work, sum, unit);
        s.storeLane(scaledSum, 0, work);
      }
    }
    s.release(correction, scaledSum);
    s.release(sum);
  }
}
