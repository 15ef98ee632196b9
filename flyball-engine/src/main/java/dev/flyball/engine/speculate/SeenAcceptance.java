package dev.flyball.engine.speculate;

/** The acceptance of each kind of guesses, of one sequence over that of the whole engine. */
final class SeenAcceptance {
  /** What is assumed before anything was seen: enough to try. */
  private static final double ASSUMED = 0.5;

  /** The engine's rates, which outlast its sequences. */
  static final class OfEngine {
    private final Acceptance ngrams = new Acceptance(0.99, 8);
    private final Acceptance model = new Acceptance(0.99, 8);
  }

  private final OfEngine engine;
  private final Acceptance ngrams = new Acceptance(0.9, 3);
  private final Acceptance model = new Acceptance(0.9, 3);

  SeenAcceptance(OfEngine engine) {
    this.engine = engine;
  }

  double ngrams() {
    return ngrams.rate(engine.ngrams.rate(ASSUMED));
  }

  double model() {
    return model.rate(engine.model.rate(ASSUMED));
  }

  void observe(boolean byModel, int guessed, int accepted) {
    (byModel ? model : ngrams).observe(guessed, accepted);
    (byModel ? engine.model : engine.ngrams).observe(guessed, accepted);
  }
}
