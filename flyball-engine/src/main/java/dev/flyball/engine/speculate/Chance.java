package dev.flyball.engine.speculate;

import dev.flyball.engine.sample.Foresight;
import dev.flyball.engine.speculate.DepthPlan.Candidate;

/**
 * A text that can be guessed in the step to come.
 *
 * @param ngramEnd behind which of its tokens the guesses are read; 0: the draft model guesses
 * @param verifyNanos what it takes to verify a guess
 * @param guessNanos what it takes to make and verify one
 * @param catchUpNanos what it takes beside that to make the first one
 */
record Chance(
    DraftedText text,
    int ngramEnd,
    double verifyNanos,
    double guessNanos,
    double catchUpNanos,
    Candidate candidate) {
  Speculation speculation() {
    return text.speculation();
  }

  boolean byModel() {
    return ngramEnd == 0;
  }

  /** What it takes to make and verify so many guesses. */
  double nanos(int depth) {
    return depth * guessNanos + catchUpNanos;
  }

  /** How often a guess is right where all before it were. */
  double rate() {
    return speculation().acceptance().of(byModel());
  }

  /**
   * Guesses that what came behind the same tokens comes again, its own beginning included; the
   * runner-up of the first guess is what came behind them at another place.
   */
  void copyLine(int depth) {
    Speculation speculation = speculation();
    Foresight foresight = text.foresee();
    int known = text.knownTokens();
    int other = speculation.ngrams().findOther(text);
    for (int i = 0; i < depth; i++) {
      int from = ngramEnd + i;
      int token = from < known ? text.token(from) : speculation.guess(from - known);
      if (!foresight.accept(token)) {
        return;
      }
      if (i == 0 && other > 0) {
        speculation.runnersUp().add(text.token(other), RunnersUp.OF_NGRAMS);
      }
      speculation.add(token);
    }
  }
}
