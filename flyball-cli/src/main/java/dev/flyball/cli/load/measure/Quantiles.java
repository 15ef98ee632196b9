package dev.flyball.cli.load.measure;

import java.util.List;

/**
 * A distribution of times in milliseconds; all 0 where there are none.
 *
 * @param cdfMs the times that 0, 1, ... 100 of 100 events did not exceed; empty where there are
 *     none
 */
public record Quantiles(
    long count,
    double meanMs,
    double p50Ms,
    double p90Ms,
    double p99Ms,
    double maxMs,
    List<Double> cdfMs) {
  static final Quantiles NONE = new Quantiles(0, 0, 0, 0, 0, 0, List.of());

  public Quantiles {
    cdfMs = List.copyOf(cdfMs);
  }
}
