package dev.flyball.kernels.sparse;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.util.Arrays;

/**
 * Emits {@code sums[row] += scale * scales[row] * (sum over listed columns of h * code[row]) +
 * total * mins[row]} over strips of one group of a {@link NeuronColumns}. A listed neuron's eight
 * bits of {@code h} are brought to one byte of four, so that a dot product of a lane's four codes
 * is the product with one of them: four vectors of sums for one of codes, and nothing is unpacked
 * to wider numbers.
 *
 * <pre>
 * list    for each neuron [column's address: 8 bytes][0 0 0 h 0 0 0 0]; read from byte 3 - i on, h is byte i
 * head    [correction: int][scale: float][total: float]
 * </pre>
 */
final class ColumnSumKernel {
  /** Bytes of a list entry. */
  static final int ENTRY_BYTES = 16;

  /** How far up its 64-bit word {@code h} is shifted. */
  static final int VALUE_SHIFT = 24;

  static final int SUMS = 0;
  static final int STRIPS = 1;
  static final int COUNT = 2;
  static final int LIST = 3;
  static final int SCALES = 4;
  static final int MINS = 5;
  static final int HEAD = 6;

  /** Where in a column the first strip is. */
  static final int STRIP_OFFSET = 7;

  /** A list as long, of what is asked for ahead, and where in those columns. */
  static final int AHEAD = 8;

  static final int AHEAD_OFFSET = 9;

  /** From the scales to those that are asked for ahead. */
  static final int SCALES_AHEAD = 10;

  static final int PARAMETERS = 11;

  /** Where in an entry the word of h is read for byte 0. */
  private static final int FIRST_BYTE = 8 + 3;

  /** Vectors that whole strips at once take. */
  private static final int VECTORS_OF_FOUR = 24;

  /** Runs of 64 rows of a strip. */
  private static final int RUNS = NeuronColumns.STRIP / 64;

  /** Vectors of sums of 64 rows. */
  private static final int SUMS_OF_RUN = 4;

  private final SimdBuilder s;
  private final NeuronFormat format;

  /** Whether codes are multiplied nibble by nibble, where the processor takes none above 127. */
  private final boolean split;

  /** Runs of 64 rows that are added up at once. */
  private final int runs;

  private final Reg sums;
  private final Reg scales;
  private final Reg mins;
  private final Reg head;
  private final Reg strip;
  private final Reg aheadStrip;
  private final Reg list;
  private final Reg ahead;
  private final Reg count;
  private final Reg column;
  private final Vec[] sum;
  private final Vec[] values = new Vec[SUMS_OF_RUN];
  private final Vec codes;
  private final Vec part;
  private final Vec mask;

  private ColumnSumKernel(SimdBuilder s, NeuronFormat format) {
    this.s = s;
    this.format = format;
    split = format.wide() && s.signedBias() == 0;
    runs = !split && s.freeVectors() >= VECTORS_OF_FOUR ? 4 : 2;
    sum = new Vec[SUMS_OF_RUN * (split ? 2 : runs)];
    sums = s.parameter(SUMS);
    scales = s.parameter(SCALES);
    mins = s.parameter(MINS);
    head = s.parameter(HEAD);
    strip = s.parameter(STRIP_OFFSET);
    aheadStrip = s.parameter(AHEAD_OFFSET);
    list = s.register();
    ahead = s.register();
    count = s.register();
    column = s.register();
    Arrays.setAll(sum, _ -> s.vector());
    codes = s.vector();
    part = s.vector();
    mask = s.vector();
    s.constantByte(mask, 0x0f);
    for (int i = 0; i < SUMS_OF_RUN && runs > 2; i++) {
      values[i] = s.vector();
    }
  }

  static byte[] generate(SimdBuilder s, NeuronFormat format) {
    return new ColumnSumKernel(s, format).assemble();
  }

  private byte[] assemble() {
    Reg strips = s.parameter(STRIPS);
    Label nextStrip = new Label();
    s.bind(nextStrip);
    for (int lane = 0; lane < NeuronFormat.LANES; lane += s.lanes()) {
      int together = split ? 1 : runs;
      for (int first = 0; first < RUNS; first += together) {
        rows(lane, first, together);
      }
    }
    s.reload(column, SCALES_AHEAD);
    s.add(column, scales);
    for (int line = 0; line < format.scaleBytes() * NeuronColumns.STRIP; line += 64) {
      s.prefetch(column, line);
    }
    s.add(strip, format.codeBytes(NeuronColumns.STRIP));
    s.add(aheadStrip, format.codeBytes(NeuronColumns.STRIP));
    s.add(sums, Float.BYTES * NeuronColumns.STRIP);
    s.add(scales, format.scaleBytes() * NeuronColumns.STRIP);
    s.add(mins, format.scaleBytes() * NeuronColumns.STRIP);
    s.decrementAndJumpIfNotZero(strips, nextStrip);
    return s.finish();
  }

  /**
   * Some lanes of a strip.
   *
   * @param first the first of its runs of 64 rows
   * @param count how many of them
   */
  private void rows(int lane, int first, int count) {
    s.broadcast(sum[0], head, 0);
    for (int i = 1; i < sum.length; i++) {
      if (split && i >= SUMS_OF_RUN) {
        s.zero(sum[i]);
      } else {
        s.copy(sum[i], sum[0]);
      }
    }
    s.reload(list, LIST);
    s.reload(ahead, AHEAD);
    s.reload(this.count, COUNT);
    Label nextColumn = new Label();
    s.bind(nextColumn);
    if (lane == 0) {
      askAhead(first, count);
    }
    s.loadAddress(column, list, 0);
    s.add(column, strip);
    addColumn(lane, first, count);
    s.add(list, ENTRY_BYTES);
    s.decrementAndJumpIfNotZero(this.count, nextColumn);
    if (split) {
      joinHalves();
    }
    for (int run = 0; run < count; run++) {
      for (int i = 0; i < SUMS_OF_RUN; i++) {
        int row = NeuronFormat.LANES * (SUMS_OF_RUN * (first + run) + i) + lane;
        addScaled(sum[SUMS_OF_RUN * run + i], row);
      }
    }
  }

  private void askAhead(int first, int count) {
    s.loadAddress(column, ahead, 0);
    s.add(column, aheadStrip);
    int end = format.codeBytes(64 * (first + count));
    for (int line = format.codeBytes(64 * first); line < end; line += NeuronFormat.VECTOR) {
      s.prefetch(column, line);
    }
    s.add(ahead, ENTRY_BYTES);
  }

  private void addColumn(int lane, int first, int count) {
    for (int i = 0; i < SUMS_OF_RUN && runs > 2; i++) {
      s.broadcast(values[i], list, FIRST_BYTE - i);
    }
    boolean byNibbles = format.bits() == 4 || split;
    int perVector = format.bits() == 4 ? 2 : 1;
    for (int run = 0; run < count; run += perVector) {
      s.load(codes, column, NeuronFormat.VECTOR * ((first + run) / perVector) + 4 * lane);
      if (!byNibbles) {
        multiply(codes, SUMS_OF_RUN * run);
        continue;
      }
      s.and(part, codes, mask);
      multiply(part, SUMS_OF_RUN * run);
      s.shiftRight16(codes, codes, 4);
      s.and(part, codes, mask);
      multiply(part, SUMS_OF_RUN * (run + 1));
    }
  }

  private void multiply(Vec bytes, int firstSum) {
    for (int i = 0; i < SUMS_OF_RUN; i++) {
      if (runs > 2) {
        s.dot(sum[firstSum + i], bytes, values[i]);
      } else {
        s.dotBroadcast(sum[firstSum + i], bytes, list, FIRST_BYTE - i);
      }
    }
  }

  /** Adds sixteen times the sums of upper runs of codes to those of lower ones. */
  private void joinHalves() {
    for (int i = 0; i < SUMS_OF_RUN; i++) {
      s.shiftLeft32(sum[SUMS_OF_RUN + i], sum[SUMS_OF_RUN + i], 4);
      s.addInt(sum[i], sum[i], sum[SUMS_OF_RUN + i]);
    }
  }

  private void addScaled(Vec total, int row) {
    s.intToFloat(total, total);
    loadScale(part, scales, row);
    s.multiply(total, total, part);
    s.load(part, sums, Float.BYTES * row);
    s.fmaBroadcast(part, total, head, 4);
    if (format.mins()) {
      loadScale(codes, mins, row);
      s.fmaBroadcast(part, codes, head, 8);
    }
    s.store(sums, Float.BYTES * row, part);
  }

  private void loadScale(Vec destination, Reg base, int row) {
    if (format.halves()) {
      s.loadHalf(destination, base, Short.BYTES * row);
    } else {
      s.load(destination, base, Float.BYTES * row);
    }
  }
}
