package dev.flyball.engine;

import java.util.Locale;

/**
 * What composing steps costs beside computing them, but for the first ones, in which the JVM
 * compiles the code that composes. Not thread-safe.
 */
final class SchedulingTime {
  private static final int FIRST_STEPS = 200;

  private int firstSteps;
  private long steps;
  private long schedulingNanos;
  private long computingNanos;

  void scheduled(long nanos) {
    schedulingNanos += nanos;
  }

  void computed(long nanos) {
    if (firstSteps < FIRST_STEPS) {
      firstSteps++;
      schedulingNanos = 0;
      return;
    }
    steps++;
    computingNanos += nanos;
  }

  @Override
  public String toString() {
    if (steps == 0) {
      return firstSteps + " steps; composing one: too few to tell what it takes";
    }
    long perStep = schedulingNanos / steps;
    double percent = 100.0 * schedulingNanos / Math.max(1, schedulingNanos + computingNanos);
    return String.format(
        Locale.ROOT,
        "%d steps; composing one took %d ns, %.2f %% of its time",
        steps,
        perStep,
        percent);
  }
}
