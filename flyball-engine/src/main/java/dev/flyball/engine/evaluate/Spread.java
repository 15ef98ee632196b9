package dev.flyball.engine.evaluate;

import java.util.Arrays;

/**
 * How values are spread.
 *
 * @param mean their mean
 * @param standardError of the mean, taking them for independent
 * @param rootMeanSquare of the values
 * @param sorted all values, smallest first; not to be changed
 */
public record Spread(double mean, double standardError, double rootMeanSquare, Sorted sorted) {
  /** Values in order. */
  public static final class Sorted {
    private final float[] values;

    private Sorted(float[] values) {
      this.values = values;
    }

    /**
     * The value below which {@code percent} of all lie, interpolated between neighbours.
     *
     * @param percent 0 (the smallest) to 100 (the largest)
     */
    public double percentile(double percent) {
      double place = percent / 100 * (values.length - 1);
      int below = (int) place;
      int above = Math.min(below + 1, values.length - 1);
      return values[below] + (place - below) * (values[above] - values[below]);
    }
  }

  /**
   * @param values at least one; a copy is taken
   */
  static Spread of(float[] values, int count) {
    float[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    double sum = 0;
    double squares = 0;
    for (float value : sorted) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / count;
    double variance = Math.max(0, squares / count - mean * mean);
    return new Spread(
        mean,
        Math.sqrt(variance / Math.max(1, count - 1)),
        Math.sqrt(squares / count),
        new Sorted(sorted));
  }

  public double percentile(double percent) {
    return sorted.percentile(percent);
  }
}
