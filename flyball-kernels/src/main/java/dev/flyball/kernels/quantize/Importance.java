package dev.flyball.kernels.quantize;

import java.util.Optional;

/**
 * How much the columns of a matrix matter, beside what values themselves say: a column's is the
 * mean square of what it is multiplied by. Immutable; thread-safe.
 *
 * <p>Source: ggml's quantisation with an importance matrix.
 */
final class Importance {
  /** Nothing is known: values alone say how much they matter. */
  static final Importance UNKNOWN = new Importance(new float[0]);

  private final float[] columns;

  private Importance(float[] columns) {
    this.columns = columns;
  }

  /**
   * @param columns kept, not copied
   */
  static Importance of(Optional<float[]> columns) {
    return columns.map(Importance::new).orElse(UNKNOWN);
  }

  boolean isKnown() {
    return columns.length > 0;
  }

  /** The importance alone of columns from {@code column} on. */
  void copy(int column, float[] weights) {
    System.arraycopy(columns, column, weights, 0, weights.length);
  }

  /**
   * What values from {@code x[from]} on, in columns from {@code column} on, weigh: {@code
   * importance * sqrt(spread + value * value)}.
   *
   * @param spread a mean of squares
   */
  void weigh(float[] x, int from, int column, float spread, float[] weights) {
    for (int i = 0; i < weights.length; i++) {
      float value = x[from + i];
      weights[i] = columns[column + i] * (float) Math.sqrt(spread + value * value);
    }
  }

  /** The sum of squares, taken one by one. */
  static float sumOfSquares(float[] x, int from, int count) {
    float sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += x[i] * x[i];
    }
    return sum;
  }

  static float sum(float[] weights) {
    float sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    return sum;
  }
}
