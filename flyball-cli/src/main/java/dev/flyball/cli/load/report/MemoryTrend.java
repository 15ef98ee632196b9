package dev.flyball.cli.load.report;

import dev.flyball.cli.load.measure.ServerSample;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a figure of the server grew during a run: its median over the second quarter of the
 * samples, when the run has settled, beside that over the last quarter.
 */
record MemoryTrend(double early, double late) {
  private static final int FEWEST_SAMPLES = 8;

  /** The trend of a figure; nothing where there are too few samples of it. */
  static Optional<MemoryTrend> of(List<ServerSample> samples, String name) {
    double[] values =
        samples.stream()
            .filter(sample -> sample.values().containsKey(name))
            .mapToDouble(sample -> sample.values().getOrDefault(name, 0.0))
            .toArray();
    if (values.length < FEWEST_SAMPLES) {
      return Optional.empty();
    }
    int quarter = values.length / 4;
    return Optional.of(
        new MemoryTrend(
            median(values, quarter, 2 * quarter),
            median(values, values.length - quarter, values.length)));
  }

  private static double median(double[] values, int from, int to) {
    double[] sorted = Arrays.copyOfRange(values, from, to);
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** Growth in percent of the early value. */
  double growthPercent() {
    return early == 0 ? 0 : 100 * (late - early) / early;
  }

  String inMebibytes() {
    return String.format(
        Locale.ROOT,
        "%.1f MiB in the second quarter, %.1f MiB in the last (%+.1f %%)",
        early / (1 << 20),
        late / (1 << 20),
        growthPercent());
  }
}
