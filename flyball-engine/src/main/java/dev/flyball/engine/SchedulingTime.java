package dev.flyball.engine;

import java.util.Locale;

/** What composing steps costs beside computing them. Not thread-safe. */
final class SchedulingTime {
  private long steps;
  private long schedulingNanos;
  private long computingNanos;

  void scheduled(long nanos) {
    schedulingNanos += nanos;
  }

  void computed(long nanos) {
    steps++;
    computingNanos += nanos;
  }

  @Override
  public String toString() {
    long perStep = schedulingNanos / Math.max(1, steps);
    double percent = 100.0 * schedulingNanos / Math.max(1, schedulingNanos + computingNanos);
    return String.format(
        Locale.ROOT,
        "%d steps; composing one took %d ns, %.2f %% of its time",
        steps,
        perStep,
        percent);
  }
}
