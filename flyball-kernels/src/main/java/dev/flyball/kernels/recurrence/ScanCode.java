package dev.flyball.kernels.recurrence;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.util.List;
import java.util.Optional;

/**
 * Emits a scan over the tokens of one head: the state's columns are taken in strips that stay in
 * the first-level cache while all tokens go over them, its rows one after the other. A pass over a
 * strip loads and stores each value once, whatever it does with it.
 */
abstract class ScanCode {
  static final int UNROLLED_ROWS = 4;
  private static final int MOST_WIDTH = 4;

  final SimdBuilder s;
  private final int rows;
  private final int columns;
  private final int width;

  /** Of the strip: the state, the tokens' vectors, their values and results. */
  private final Reg state;

  private final Reg x;
  private final Reg values;
  private final Reg out;

  /** The token's entry, and how many are left. */
  final Reg entry;

  private final Reg tokens;

  /** Free between passes. */
  final Reg first;

  final Reg second;
  final Reg third;
  private final Reg row;
  private final Reg count;

  /** A value of the state; the others hold what a pass multiplies it by. */
  final Vec value;

  /**
   * @param vectorsOfWidth how many vectors a rule holds for each of a strip
   * @param others how many else, beside {@link #value}
   */
  ScanCode(SimdBuilder s, int rows, int columns, int vectorsOfWidth, int others) {
    this.s = s;
    this.rows = rows;
    this.columns = columns;
    state = s.array(0);
    x = s.array(1);
    out = s.array(2);
    values = s.register();
    entry = s.register();
    tokens = s.register();
    first = s.register();
    second = s.register();
    third = s.register();
    row = s.register();
    count = s.register();
    value = s.vector();
    int most = Math.min(MOST_WIDTH, (s.freeVectors() - others) / vectorsOfWidth);
    int vectors = columns / s.lanes();
    width = Math.ceilDiv(vectors, Math.ceilDiv(vectors, most));
  }

  final byte[] generate() {
    s.reload(first, ScanKernel.STATE);
    s.add(state, first);
    s.copy(values, x);
    int vectors = columns / s.lanes();
    Reg strips = s.register();
    s.set(strips, vectors / width);
    Label next = new Label();
    s.bind(next);
    strip(width);
    int bytes = width * s.bytes();
    s.add(state, bytes);
    s.add(values, bytes);
    s.add(out, bytes);
    s.decrementAndJumpIfNotZero(strips, next);
    s.release(strips);
    if (vectors % width != 0) {
      strip(vectors % width);
    }
    return s.finish();
  }

  private void strip(int vectors) {
    take(vectors);
    s.reload(entry, ScanKernel.LIST);
    s.reload(tokens, ScanKernel.COUNT);
    Label next = new Label();
    Label finish = new Label();
    firstPass();
    s.set(count, 2);
    s.decrementAndJumpIfNotZero(count, finish);
    s.bind(next);
    pass();
    s.bind(finish);
    finishToken();
    s.add(entry, ScanKernel.ENTRY_BYTES);
    s.decrementAndJumpIfNotZero(tokens, next);
    finishStrip();
    release();
  }

  /** Takes the vectors of a strip. */
  abstract void take(int vectors);

  abstract void release();

  /** The first token's pass over the rows, which also multiplies the state by the scale. */
  abstract void firstPass();

  /** Any other token's. */
  abstract void pass();

  /** What follows a token's pass. */
  abstract void finishToken();

  /** What follows the last token; {@link #entry} is behind it. */
  abstract void finishStrip();

  final Vec[] vectors(int number) {
    Vec[] vectors = new Vec[number];
    for (int i = 0; i < number; i++) {
      vectors[i] = s.vector();
    }
    return vectors;
  }

  final void zero(Vec[] vectors) {
    for (Vec vector : vectors) {
      s.zero(vector);
    }
  }

  /**
   * Makes a register point to a vector that an entry tells the place of.
   *
   * @param place its byte offset from {@link #entry}
   */
  final void pointTo(Reg pointer, int place) {
    s.loadAddress(pointer, entry, place);
    s.add(pointer, x);
  }

  final void pointToValue(Reg pointer) {
    s.loadAddress(pointer, entry, ScanKernel.VALUE);
    s.add(pointer, values);
  }

  final void pointToResult(Reg pointer) {
    s.loadAddress(pointer, entry, ScanKernel.RESULT);
    s.add(pointer, out);
  }

  final void loadScalar(Vec vector, int offsetBytes) {
    s.reload(count, ScanKernel.SCALARS);
    s.broadcast(vector, count, offsetBytes);
  }

  /**
   * What is multiplied with the value of each row: the one at {@code pointer}, which moves on.
   *
   * @param factor holds it
   */
  record RowFactor(Reg pointer, Vec factor) {}

  /** {@code row += factor * change}. */
  record Update(RowFactor factor, List<Vec> change) {}

  /** {@code sums += factor * row}; rows take the sets of sums in turn. */
  record Read(RowFactor factor, List<List<Vec>> sums) {}

  /**
   * Emits a pass over all rows: each is multiplied by the scale, updated, stored and read.
   *
   * @param scale in every lane
   */
  final void overRows(Optional<Vec> scale, Optional<Update> update, List<Read> reads, int vectors) {
    s.copy(row, state);
    s.set(count, rows / UNROLLED_ROWS);
    int rowBytes = 4 * columns;
    Label next = new Label();
    s.bind(next);
    for (int r = 0; r < UNROLLED_ROWS; r++) {
      int at = 4 * r;
      update.ifPresent(u -> s.broadcast(u.factor().factor(), u.factor().pointer(), at));
      reads.forEach(read -> s.broadcast(read.factor().factor(), read.factor().pointer(), at));
      for (int j = 0; j < vectors; j++) {
        oneVector(r, j, r * rowBytes + j * s.bytes(), scale, update, reads);
      }
    }
    s.add(row, UNROLLED_ROWS * rowBytes);
    update.ifPresent(u -> s.add(u.factor().pointer(), 4 * UNROLLED_ROWS));
    reads.forEach(read -> s.add(read.factor().pointer(), 4 * UNROLLED_ROWS));
    s.decrementAndJumpIfNotZero(count, next);
  }

  private void oneVector(
      int r, int j, int at, Optional<Vec> scale, Optional<Update> update, List<Read> reads) {
    s.load(value, row, at);
    scale.ifPresent(factor -> s.multiply(value, value, factor));
    update.ifPresent(u -> s.fma(value, u.factor().factor(), u.change().get(j)));
    s.store(row, at, value);
    for (Read read : reads) {
      List<Vec> sums = read.sums().get(r % read.sums().size());
      s.fma(sums.get(j), read.factor().factor(), value);
    }
  }
}
