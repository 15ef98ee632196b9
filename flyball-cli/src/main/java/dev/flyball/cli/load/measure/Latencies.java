package dev.flyball.cli.load.measure;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/**
 * Times of any number of events in constant memory, about 190 kB; values are kept to three digits.
 * Thread-safe.
 */
final class Latencies {
  private static final long MAX_MICROS = 4 * 3_600_000_000L;
  private static final int DIGITS = 3;

  private final AtomicHistogram micros = new AtomicHistogram(MAX_MICROS, DIGITS);

  /** Counts an event; below nothing is nothing, above four hours is four hours. */
  void record(long nanos) {
    micros.recordValue(Math.clamp(nanos / 1000, 0, MAX_MICROS));
  }

  Quantiles quantiles() {
    Histogram snapshot = micros.copy();
    if (snapshot.getTotalCount() == 0) {
      return Quantiles.NONE;
    }
    List<Double> cdf = new ArrayList<>(101);
    for (int percent = 0; percent <= 100; percent++) {
      cdf.add(millis(snapshot, percent));
    }
    return new Quantiles(
        snapshot.getTotalCount(),
        Rounding.threeDecimals(snapshot.getMean() / 1000),
        millis(snapshot, 50),
        millis(snapshot, 90),
        millis(snapshot, 99),
        Rounding.threeDecimals(snapshot.getMaxValue() / 1000.0),
        cdf);
  }

  private static double millis(Histogram snapshot, double percent) {
    return Rounding.threeDecimals(snapshot.getValueAtPercentile(percent) / 1000.0);
  }
}
