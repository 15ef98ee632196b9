package dev.flyball.kernels.elementwise;

import dev.flyball.kernels.WeightedRows;
import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Adds rows to another one by their weights, as {@link WeightedRows} does, bit by bit. A stretch of
 * the sum stays in registers while all rows are added. Immutable; thread-safe.
 */
public final class WeightedRowsKernel implements AutoCloseable {
  /** Rows of one call of the generated code. */
  private static final int MOST_ROWS = 16;

  /** Vectors of the sum that are in registers. */
  private static final int STRETCH = 8;

  private static final int SUMS = 0;
  private static final int STRETCHES = 1;
  private static final int COUNT = 2;
  private static final int LIST = 3;

  /** For each row two words: its offset in bytes, and its weight as a float. */
  private static final int ROWS = 4;

  /** Bytes of the parameter block that {@link #add} wants. */
  public static final long PARAMETER_BYTES = 8L * (ROWS + 2 * MOST_ROWS);

  private final ExecutableMemory code;
  private final int stretch;

  public WeightedRowsKernel(InstructionSet level) {
    SimdBuilder s = level.newKernel(2);
    stretch = STRETCH * s.lanes();
    code = ExecutableMemory.require(generate(s));
  }

  private static byte[] generate(SimdBuilder s) {
    Reg rows = s.array(0);
    Reg sums = s.array(1);
    Reg offset = s.parameter(SUMS);
    s.add(sums, offset);
    s.release(offset);
    Reg stretches = s.parameter(STRETCHES);
    Reg list = s.register();
    Reg count = s.register();
    Reg row = s.register();
    Vec[] sum = new Vec[STRETCH];
    for (int i = 0; i < STRETCH; i++) {
      sum[i] = s.vector();
    }
    Vec weight = s.vector();
    Vec value = s.vector();
    Label nextStretch = new Label();
    s.bind(nextStretch);
    for (int i = 0; i < STRETCH; i++) {
      s.load(sum[i], sums, i * s.bytes());
    }
    s.reload(list, LIST);
    s.reload(count, COUNT);
    Label nextRow = new Label();
    s.bind(nextRow);
    s.loadAddress(row, list, 0);
    s.add(row, rows);
    s.broadcast(weight, list, 8);
    for (int i = 0; i < STRETCH; i++) {
      s.load(value, row, i * s.bytes());
      s.fma(sum[i], value, weight);
    }
    s.add(list, 16);
    s.decrementAndJumpIfNotZero(count, nextRow);
    for (int i = 0; i < STRETCH; i++) {
      s.store(sums, i * s.bytes(), sum[i]);
    }
    s.add(sums, STRETCH * s.bytes());
    s.add(rows, STRETCH * s.bytes());
    s.decrementAndJumpIfNotZero(stretches, nextStretch);
    return s.finish();
  }

  /**
   * {@code sums[to + i] += weights[k] * rows[places[k] * length + i]} for {@code i < length} and
   * {@code first <= k < end}, in this order.
   *
   * @param parameters scratch of the calling thread
   */
  public void add(
      float[] rows,
      int[] places,
      float[] weights,
      int first,
      int end,
      float[] sums,
      int to,
      int length,
      MemorySegment parameters) {
    int stretches = length / stretch;
    for (int k = first; stretches > 0 && k < end; k += MOST_ROWS) {
      int count = Math.min(MOST_ROWS, end - k);
      parameters.setAtIndex(ValueLayout.JAVA_LONG, SUMS, 4L * to);
      parameters.setAtIndex(ValueLayout.JAVA_LONG, STRETCHES, stretches);
      parameters.setAtIndex(ValueLayout.JAVA_LONG, COUNT, count);
      parameters.setAtIndex(ValueLayout.JAVA_LONG, LIST, parameters.address() + 8L * ROWS);
      for (int i = 0; i < count; i++) {
        int word = ROWS + 2 * i;
        parameters.setAtIndex(ValueLayout.JAVA_LONG, word, 4L * places[k + i] * length);
        parameters.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * (word + 1), weights[k + i]);
      }
      NativeCode.call(code.entry(), parameters.address(), rows, sums);
    }
    WeightedRows.add(rows, places, weights, first, end, sums, to, stretches * stretch, length);
  }

  @Override
  public void close() {
    code.close();
  }
}
