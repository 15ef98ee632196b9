package dev.flyball.kernels.matmul;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.MatrixOperations;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.util.List;
import java.util.Optional;

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

  /** Address of its scale in the first group, which its sums follow. */
  static final int SCALES = 2;

  /** Address of its first correction there; unused where the layout has none. */
  static final int CORRECTIONS = 3;

  /** Bytes from one of a token's corrections, scales or sums to its next one in the same place. */
  static final int PLACES_BYTES = 4;

  /** Bytes from block to block. */
  static final int BLOCK_BYTES = 5;

  /** Bytes from group to group. */
  static final int GROUP_BYTES = 6;

  /** Bytes from the end of a group's last block to the next group. */
  static final int AFTER_BLOCKS_BYTES = 7;

  /** Groups of columns of one scale. */
  static final int GROUPS = 8;

  /** Bytes from eight values to the next eight; unused where the layout's tokens have no pairs. */
  static final int VALUES_STRIDE = 9;

  static final int COUNT = 10;

  private final SimdBuilder s;
  private final QuantizedLayout layout;
  private final boolean rest;
  private final Reg x;
  private final Reg bytes;
  private final Reg scales;
  private final Reg corrections;
  private final Reg sums;
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
  private Optional<SumQuad> sumQuad = Optional.empty();

  private QuantizeKernel(SimdBuilder s, QuantizedLayout layout, boolean rest) {
    this.s = s;
    this.layout = layout;
    this.rest = rest;
    x = s.array(0);
    bytes = s.parameter(VALUES);
    scales = s.parameter(SCALES);
    corrections = s.parameter(CORRECTIONS);
    sums = s.register();
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
    Reg groups = s.parameter(GROUPS);
    Label nextGroup = new Label();
    s.bind(nextGroup);
    findScale();
    s.storeLane(scales, 0, unit);
    s.copy(sums, scales);
    addParameter(sums, PLACES_BYTES);
    if (layout.sums() && layout.superScaled()) {
      quadsOfSums();
    } else {
      blocks(layout.groupBlocks());
    }
    addParameter(scales, GROUP_BYTES);
    addParameter(bytes, AFTER_BLOCKS_BYTES);
    addParameter(corrections, AFTER_BLOCKS_BYTES);
    s.decrementAndJumpIfNotZero(groups, nextGroup);
    return s.finish();
  }

  private void addParameter(Reg destination, int parameter) {
    Reg value = s.parameter(parameter);
    s.add(destination, value);
    s.release(value);
  }

  /** All blocks of a group, as many at a time as fill a quad of sums. */
  private void quadsOfSums() {
    Reg quads = s.register();
    s.set(quads, layout.sumQuads());
    Label nextQuad = new Label();
    s.bind(nextQuad);
    var quad = new SumQuad();
    sumQuad = Optional.of(quad);
    blocks(4 / layout.parts());
    quad.store();
    s.decrementAndJumpIfNotZero(quads, nextQuad);
    s.release(quads);
  }

  private void blocks(int count) {
    Reg blocks = s.register();
    s.set(blocks, count);
    Label nextBlock = new Label();
    s.bind(nextBlock);
    round();
    if (layout.offset() != 0 || layout.sums()) {
      sumParts();
    }
    for (Vec value : values) {
      s.floatToInt(value, value);
    }
    storeValues();
    s.add(x, 4 * CodePanels.BLOCK);
    addParameter(bytes, BLOCK_BYTES);
    addParameter(corrections, BLOCK_BYTES);
    s.decrementAndJumpIfNotZero(blocks, nextBlock);
    s.release(blocks);
  }

  private void storeValues() {
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

  /** {@code scale = max(largest |value| of the group / 127, smallest normal)}. */
  private void findScale() {
    Reg blocks = s.register();
    Reg block = s.register();
    s.copy(block, x);
    s.set(blocks, layout.groupBlocks());
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
    s.release(blocks, block);
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
  private void sumParts() {
    Vec sum = s.vector();
    int perPart = values.length / layout.parts();
    Reg correction = s.register();
    s.copy(correction, corrections);
    for (int part = 0; part < layout.parts(); part++) {
      s.zero(sum);
      for (int i = part * perPart; i < (part + 1) * perPart; i++) {
        s.addFloat(sum, sum, values[i]);
      }
      s.sumLanes(sum, work);
      if (layout.offset() != 0) {
        s.multiply(work, sum, offsetFactor);
        s.floatToInt(work, work);
        s.storeLane(correction, 0, work);
        addParameter(correction, PLACES_BYTES);
      }
      if (sumQuad.isPresent()) {
        sumQuad.get().add(sum);
      } else if (layout.sums()) {
        s.multiply(work, sum, unit);
        s.storeLane(sums, 0, work);
        addParameter(sums, PLACES_BYTES);
      }
    }
    s.release(correction);
    s.release(sum);
  }

  /** Four sums in two bytes each, the last one uppermost. */
  private final class SumQuad {
    private final Vec highBytes = s.vector();
    private final Vec lowBytes = s.vector();
    private final Vec high = s.vector();
    private final Vec part = constant(1 << QuantizedLayout.SUM_BITS);
    private final Vec parts = constant(1f / (1 << QuantizedLayout.SUM_BITS));

    /** Puts a sum behind the three last ones. */
    void add(Vec sum) {
      s.multiply(high, sum, parts);
      s.floatToInt(high, high);
      s.intToFloat(work, high);
      s.multiply(work, work, part);
      s.subtract(work, sum, work);
      push(highBytes, high);
      s.floatToInt(work, work);
      push(lowBytes, work);
    }

    private void push(Vec quad, Vec last) {
      s.shiftRight32(quad, quad, 8);
      s.shiftLeft32(last, last, 24);
      s.or(quad, quad, last);
    }

    void store() {
      for (Vec quad : List.of(highBytes, lowBytes)) {
        s.storeLane(sums, 0, quad);
        addParameter(sums, PLACES_BYTES);
      }
      s.release(highBytes, lowBytes, high, part, parts);
    }
  }
}
