package dev.flyball.kernels.sparse;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Emits {@code out[k] = rows[list[k]] @ x} for the rows of a {@link NeuronRows} that a list names
 * by address, and an input as {@link LaneInput} lays it out.
 */
final class RowDotKernel {
  /** Rows that the list has behind its last one: what is asked for ahead goes on there. */
  static final int ROWS_AHEAD = 4;

  static final int OUT = 0;
  static final int COUNT = 1;
  static final int LIST = 2;
  static final int INPUT = 3;
  static final int GROUPS = 4;
  static final int CODE_BYTES = 5;
  static final int SCALES_BYTES = 6;

  private final SimdBuilder s;
  private final NeuronFormat format;

  /** Whether codes are multiplied half by half, where the processor takes none above 127. */
  private final boolean split;

  private final Reg row;
  private final Reg scales;
  private final Reg mins;
  private final Reg input;
  private final Reg ahead;
  private final Vec sum;
  private final Vec low;
  private final Vec high;
  private final Vec codes;
  private final Vec part;
  private final Vec work;
  private final Vec mask;

  private RowDotKernel(SimdBuilder s, NeuronFormat format) {
    this.s = s;
    this.format = format;
    split = format.wide() && s.signedBias() == 0;
    row = s.register();
    scales = s.register();
    mins = s.register();
    input = s.register();
    ahead = s.register();
    sum = s.vector();
    low = s.vector();
    high = s.vector();
    codes = s.vector();
    part = s.vector();
    work = s.vector();
    mask = s.vector();
    s.constantByte(mask, 0x0f);
  }

  static byte[] generate(SimdBuilder s, NeuronFormat format) {
    return new RowDotKernel(s, format).assemble();
  }

  private byte[] assemble() {
    Reg out = s.array(0);
    Reg word = s.parameter(OUT);
    s.add(out, word);
    Reg count = s.parameter(COUNT);
    Reg list = s.parameter(LIST);
    Reg groups = s.register();
    Label nextRow = new Label();
    s.bind(nextRow);
    s.loadAddress(row, list, 0);
    s.loadAddress(ahead, list, Long.BYTES * ROWS_AHEAD);
    s.copy(scales, row);
    s.reload(word, CODE_BYTES);
    s.add(scales, word);
    s.copy(mins, scales);
    s.reload(word, SCALES_BYTES);
    s.add(mins, word);
    s.reload(input, INPUT);
    s.reload(groups, GROUPS);
    s.zero(sum);
    Label nextGroup = new Label();
    s.bind(nextGroup);
    for (int lane = 0; lane < NeuronFormat.LANES; lane += s.lanes()) {
      lanes(lane);
    }
    step();
    s.decrementAndJumpIfNotZero(groups, nextGroup);
    s.sumLanes(sum, work);
    s.storeLane(out, 0, sum);
    s.add(out, Float.BYTES);
    s.add(list, Long.BYTES);
    s.decrementAndJumpIfNotZero(count, nextRow);
    return s.finish();
  }

  /** As many blocks of a group as there are lanes. */
  private void lanes(int lane) {
    LaneInput.Layout layout = new LaneInput.Layout(format);
    s.load(low, input, layout.corrections() + 4 * lane);
    s.zero(high);
    int perVector = format.bits() == 4 ? 2 : 1;
    for (int quad = 0; quad < layout.quads(); quad += perVector) {
      int vector = quad / perVector;
      s.load(codes, row, NeuronFormat.VECTOR * vector + 4 * lane);
      s.load(work, input, NeuronFormat.VECTOR * quad + 4 * lane);
      if (format.bits() == 8 && !split) {
        s.dot(quad % 2 == 0 ? low : high, codes, work);
        continue;
      }
      s.and(part, codes, mask);
      s.dot(low, part, work);
      s.shiftRight16(codes, codes, 4);
      s.and(part, codes, mask);
      if (format.bits() == 4) {
        s.load(work, input, NeuronFormat.VECTOR * (quad + 1) + 4 * lane);
      }
      s.dot(high, part, work);
    }
    if (split) {
      s.shiftLeft32(high, high, 4);
    }
    s.addInt(low, low, high);
    addScaled(layout, lane);
  }

  /** {@code sum += low * scale * input's scale + min * input's sum}. */
  private void addScaled(LaneInput.Layout layout, int lane) {
    s.intToFloat(low, low);
    loadScale(work, scales, lane);
    s.multiply(low, low, work);
    s.load(work, input, layout.scales() + 4 * lane);
    s.fma(sum, low, work);
    if (format.mins()) {
      loadScale(low, mins, lane);
      s.load(work, input, layout.sums() + 4 * lane);
      s.fma(sum, low, work);
    }
  }

  private void loadScale(Vec destination, Reg base, int lane) {
    if (format.halves()) {
      s.loadHalf(destination, base, Short.BYTES * lane);
    } else {
      s.load(destination, base, Float.BYTES * lane);
    }
  }

  /** On to the next group, asking for as much of a later row, its scales included. */
  private void step() {
    int bytes = NeuronRows.groupCodeBytes(format);
    int asked = bytes + NeuronFormat.LANES * format.scaleBytes() * format.scaleKinds();
    for (int line = 0; line < asked; line += NeuronFormat.VECTOR) {
      s.prefetch(ahead, line);
    }
    s.add(ahead, asked);
    s.add(row, bytes);
    s.add(scales, NeuronFormat.LANES * format.scaleBytes());
    s.add(mins, NeuronFormat.LANES * format.scaleBytes());
    s.add(input, new LaneInput.Layout(format).groupBytes());
  }
}
