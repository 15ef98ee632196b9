package dev.flyball.engine.speculate;

import java.util.stream.IntStream;

/** The acceptance of each kind of guesses, of one sequence over that of the whole engine. */
final class SeenAcceptance {
  /** What is assumed before anything was seen: enough to try. */
  private static final double ASSUMED = 0.5;

  /** Likewise of runners-up, which are seen without being tried. */
  private static final double ASSUMED_OF_RUNNERS_UP = 0.1;

  /** The engine's rates, which outlast its sequences. */
  static final class OfEngine {
    private final Acceptance ngrams = new Acceptance(0.99, 8);
    private final Acceptance model = new Acceptance(0.99, 8);
    private final Acceptance[] runnersUp =
        IntStream.range(0, RunnersUp.KINDS)
            .mapToObj(_ -> new Acceptance(0.99, 8))
            .toArray(Acceptance[]::new);
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

  double of(boolean byModel) {
    return byModel ? model() : ngrams();
  }

  /** How often a runner-up is right where all before it is, whatever the guess is. */
  double ofRunnerUp(int kind) {
    return engine.runnersUp[kind].rate(ASSUMED_OF_RUNNERS_UP);
  }

  void observe(boolean byModel, int guessed, int accepted) {
    (byModel ? model : ngrams).observe(guessed, accepted);
    (byModel ? engine.model : engine.ngrams).observe(guessed, accepted);
  }

  void observeRunnerUp(int kind, boolean right) {
    engine.runnersUp[kind].observe(1, right ? 1 : 0);
  }
}
