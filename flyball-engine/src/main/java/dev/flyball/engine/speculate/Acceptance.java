package dev.flyball.engine.speculate;

/**
 * How often a guess is right where all before it were: counts of late rounds, which fade, over a
 * rate that is assumed. Not thread-safe.
 */
final class Acceptance {
  private final double fading;
  private final double assumedWeight;
  private double right;
  private double tried;

  /**
   * @param fading what is left of a round's weight after the next
   * @param assumedWeight how many guesses the assumed rate counts for
   */
  Acceptance(double fading, double assumedWeight) {
    this.fading = fading;
    this.assumedWeight = assumedWeight;
  }

  /** Counts a round; guesses behind the first wrong one tell nothing. */
  void observe(int guessed, int accepted) {
    right = right * fading + accepted;
    tried = tried * fading + accepted + (accepted < guessed ? 1 : 0);
  }

  /** The rate, from 0 to 1. */
  double rate(double assumed) {
    return (right + assumed * assumedWeight) / (tried + assumedWeight);
  }
}
