package dev.flyball.cli.bench;

import java.util.Arrays;

/** Statistics of repeated measurements. */
final class Samples {
  private Samples() {}

  static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  /** The middle value, or the mean of both; 0 where there is none. */
  static double median(double[] values) {
    double[] sorted = Arrays.stream(values).sorted().toArray();
    int middle = sorted.length / 2;
    if (sorted.length % 2 == 1) {
      return sorted[middle];
    }
    return sorted.length == 0 ? 0 : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Sample standard deviation; 0 for a single value. */
  static double deviation(double[] values) {
    if (values.length < 2) {
      return 0;
    }
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }
}
