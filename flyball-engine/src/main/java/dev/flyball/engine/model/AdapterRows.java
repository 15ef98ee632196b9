package dev.flyball.engine.model;

import java.util.Arrays;
import java.util.Optional;

/** The rows of a step that one adapter adapts. Used again from step to step. */
final class AdapterRows {
  private Optional<Adapter> adapter = Optional.empty();
  private int[] rows = new int[8];
  private float[] scales = new float[8];
  private int count;

  void begin(Adapter of) {
    if (adapter.isEmpty() || adapter.get() != of) {
      adapter = Optional.of(of);
    }
    count = 0;
  }

  void add(int row, float scale) {
    if (count == rows.length) {
      rows = Arrays.copyOf(rows, 2 * count);
      scales = Arrays.copyOf(scales, 2 * count);
    }
    rows[count] = row;
    scales[count++] = scale;
  }

  boolean isOf(Adapter other) {
    return adapter.isPresent() && adapter.get() == other;
  }

  /** Forgets the adapter, which may be closed from now on. */
  void end() {
    adapter = Optional.empty();
  }

  Adapter adapter() {
    return adapter.orElseThrow();
  }

  int count() {
    return count;
  }

  /** Brings its rows of {@code x} (tokens, columns) together in {@code to}. */
  void gather(float[] x, int columns, float[] to) {
    for (int i = 0; i < count; i++) {
      System.arraycopy(x, rows[i] * columns, to, i * columns, columns);
    }
  }

  /** Adds {@code delta} (count, columns), times factor and scales, to its rows of {@code out}. */
  void scatter(float[] delta, int columns, float factor, float[] out) {
    for (int i = 0; i < count; i++) {
      add(delta, i * columns, factor * scales[i], out, rows[i] * columns, columns);
    }
  }

  private static void add(float[] delta, int from, float factor, float[] out, int to, int columns) {
    for (int c = 0; c < columns; c++) {
      out[to + c] += factor * delta[from + c];
    }
  }
}
