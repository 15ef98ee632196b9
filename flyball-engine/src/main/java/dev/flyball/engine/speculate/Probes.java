package dev.flyball.engine.speculate;

/**
 * When to guess although it does not seem worth its time: what is known of costs and acceptance
 * grows old. Ever more seldom as long as nothing comes of it. Not thread-safe.
 */
final class Probes {
  /** Guesses of a probe. */
  static final int DEPTH = 2;

  private static final int FIRST_STEPS = 32;
  private static final int LAST_STEPS = 1024;

  private int stepsBetween = FIRST_STEPS;
  private int stepsSince;

  /** Tells of a step to come. */
  void step(boolean guessesSeemWorthIt) {
    stepsSince++;
    if (guessesSeemWorthIt) {
      stepsBetween = FIRST_STEPS;
    }
  }

  boolean isDue() {
    return stepsSince >= stepsBetween;
  }

  void tried() {
    stepsSince = 0;
    stepsBetween = Math.min(LAST_STEPS, 2 * stepsBetween);
  }
}
