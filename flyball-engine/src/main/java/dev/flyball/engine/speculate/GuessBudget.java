package dev.flyball.engine.speculate;

/**
 * What an engine may spend on guesses: a small share of the time of its steps, and what guesses
 * gained. So guesses that look worth their time and are not end by themselves, and what they cost
 * in the long run is that share. In nanoseconds. Not thread-safe.
 */
final class GuessBudget {
  /** Of the time of steps. */
  private static final double SHARE = 0.02;

  private static final int FIRST_STEPS = 16;
  private static final int MOST_STEPS = 256;

  private double left;
  private double most;
  private boolean begun;

  /** Tells how long a step without guesses takes, which limits how much is put by. */
  void steps(double stepNanos) {
    if (!begun) {
      begun = true;
      left = FIRST_STEPS * stepNanos;
    }
    most = MOST_STEPS * stepNanos;
  }

  /** Tells of a step that ran. */
  void ran(double nanos) {
    put(SHARE * nanos);
  }

  void gained(double nanos) {
    put(nanos);
  }

  void spent(double nanos) {
    put(-nanos);
  }

  double left() {
    return left;
  }

  private void put(double nanos) {
    left = Math.clamp(left + nanos, -most / 4, most);
  }
}
