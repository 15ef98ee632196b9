package dev.flyball.engine.dialect;

import java.util.OptionalInt;

/**
 * Follows one answer token by token: which of them are thought, which must come, and whether the
 * answer's grammar holds. Not thread-safe.
 */
public interface AnswerGuide {
  /** The token that must come next, whatever the model wants. */
  OptionalInt forced();

  /** Whether the grammar decides what may come next; else any token may. */
  boolean grammarHolds();

  /** A token that may come though the grammar does not have it: it opens a thought. */
  OptionalInt escape();

  /**
   * What comes in the place of a chosen token: the same, but for an end of the generation within a
   * thought while a grammar waits for the answer; then the thought ends instead.
   */
  int insteadOf(int token);

  /**
   * Goes on behind a token.
   *
   * @return whether it belongs to the answer; else it is thought, or markers around it
   */
  boolean accept(int token);

  /** Tokens of thought so far, without their markers. */
  int thoughtTokens();
}
