package dev.flyball.units;

import java.util.List;
import java.util.Optional;

/**
 * How a request ended.
 *
 * @param ending in one word
 * @param finishReasons why each choice ended, those that were begun
 * @param error the code of the error that the client was given
 */
public record Outcome(Ending ending, List<String> finishReasons, Optional<String> error) {

  /** How a request ended, in one word. */
  public enum Ending {
    /** Answered to the end. */
    COMPLETED,
    /** The client went away. */
    CANCELLED,
    /** Not taken: the request was wrong, or there was no room for it. */
    REFUSED,
    /** Something broke. */
    FAILED
  }

  public Outcome {
    finishReasons = List.copyOf(finishReasons);
    boolean needsError = ending == Ending.REFUSED || ending == Ending.FAILED;
    if (needsError != error.isPresent()) {
      throw new IllegalArgumentException(
          "an error belongs to what was refused or failed, and to nothing else");
    }
    if (ending == Ending.COMPLETED && finishReasons.isEmpty()) {
      throw new IllegalArgumentException("what was completed has reasons for its end");
    }
  }
}
