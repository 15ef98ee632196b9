package dev.flyball.kernels;

import java.util.Arrays;

/**
 * The state of one head, {@code S (rows, columns)}, while plain Java brings it forward. Its rows
 * are arrays of their own, since C2 vectorises only loops that read and write at the same index;
 * copying them from and to the sequence's state costs little beside reading that from memory.
 */
final class StateMatrix {
  private final float[][] rows;
  private final int columns;

  StateMatrix(int rows, int columns) {
    this.rows = new float[rows][columns];
    this.columns = columns;
  }

  void load(float[] state, int offset) {
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(state, offset + i * columns, rows[i], 0, columns);
    }
  }

  void save(float[] state, int offset) {
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, state, offset + i * columns, columns);
    }
  }

  /** Of two vectors of one length, summed in doubles. */
  static float dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return (float) sum;
  }

  /** {@code out (columns) = x (rows) @ S}. */
  void multiply(float[] x, float[] out) {
    Arrays.fill(out, 0, columns, 0f);
    int i = 0;
    for (; i + 4 <= rows.length; i += 4) {
      addFour(i, x, out);
    }
    for (; i < rows.length; i++) {
      add(x[i], rows[i], out, columns);
    }
  }

  private void addFour(int first, float[] x, float[] out) {
    float x0 = x[first];
    float x1 = x[first + 1];
    float x2 = x[first + 2];
    float x3 = x[first + 3];
    float[] r0 = rows[first];
    float[] r1 = rows[first + 1];
    float[] r2 = rows[first + 2];
    float[] r3 = rows[first + 3];
    for (int j = 0; j < columns; j++) {
      out[j] += x0 * r0[j] + x1 * r1[j] + x2 * r2[j] + x3 * r3[j];
    }
  }

  private static void add(float factor, float[] row, float[] out, int count) {
    for (int j = 0; j < count; j++) {
      out[j] += factor * row[j];
    }
  }

  /** {@code S = decay * S + key (rows) value (columns)^T}. */
  void update(float decay, float[] key, float[] value) {
    for (int i = 0; i < rows.length; i++) {
      update(rows[i], decay, key[i], value, columns);
    }
  }

  private static void update(float[] row, float decay, float key, float[] value, int count) {
    for (int j = 0; j < count; j++) {
      row[j] = decay * row[j] + key * value[j];
    }
  }
}
