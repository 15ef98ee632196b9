package dev.flyball.engine.speculate;

/**
 * How long steps without guesses and prompts take, by the number of sequences in them: measured,
 * since what guesses gain is to be held against what would be without them. Not thread-safe.
 */
final class PlainSteps {
  /** More sequences are counted as so many. */
  private static final int MOST_SEQUENCES = 256;

  /** Steps with guesses after which one goes without. */
  private static final int STEPS_BETWEEN = 64;

  private static final double WEIGHT = 0.1;

  /** A step counts as no longer than so many usual ones: it may have been disturbed. */
  private static final double LONGEST = 2;

  private final double[] nanos = new double[MOST_SEQUENCES + 1];
  private final int[] guessedSince = new int[MOST_SEQUENCES + 1];

  /** The usual time; what is given where nothing was measured. */
  double nanos(int sequences, double orElse) {
    double measured = nanos[index(sequences)];
    return measured > 0 ? measured : orElse;
  }

  /** Tells of a step without guesses. */
  void ran(int sequences, double stepNanos) {
    int i = index(sequences);
    guessedSince[i] = 0;
    double counted = nanos[i] > 0 ? Math.min(stepNanos, LONGEST * nanos[i]) : stepNanos;
    nanos[i] += (counted - nanos[i]) * (nanos[i] > 0 ? WEIGHT : 1);
  }

  /** Tells of a step with guesses. */
  void guessed(int sequences) {
    guessedSince[index(sequences)]++;
  }

  /** Whether the next step is to go without, since what is known is old. */
  boolean isDue(int sequences) {
    return guessedSince[index(sequences)] >= STEPS_BETWEEN;
  }

  private static int index(int sequences) {
    return Math.min(sequences, MOST_SEQUENCES);
  }
}
