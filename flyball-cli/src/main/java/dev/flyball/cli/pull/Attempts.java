package dev.flyball.cli.pull;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/** Repeats a work that may fail on the way, with growing pauses. */
final class Attempts {
  private final RetryPolicy policy;
  private final CommandContext context;
  private int failuresInARow;

  Attempts(RetryPolicy policy, CommandContext context) {
    this.policy = policy;
    this.context = context;
  }

  /** A work that may fail. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Runs the work until it succeeds.
   *
   * @throws CommandFailure after too many failures in a row
   */
  <T> T run(Work<T> work) {
    while (true) {
      try {
        return work.run();
      } catch (IOException failure) {
        failed(failure);
      }
    }
  }

  /** The work went on: failures before do not count any more. */
  void progressed() {
    failuresInARow = 0;
  }

  private void failed(IOException failure) {
    failuresInARow++;
    if (failuresInARow >= policy.maxAttemptsInARow()) {
      throw new CommandFailure(
          "gave up after "
              + failuresInARow
              + " attempts: "
              + describe(failure)
              + "; run the command again to go on where it stopped",
          failure);
    }
    Duration wait = pauseFor(failure);
    context
        .err()
        .println(describe(failure) + "; next attempt in " + wait.toMillis() / 1000.0 + " s");
    sleep(wait);
  }

  private Duration pauseFor(IOException failure) {
    return failure instanceof TransientFailure transientFailure
        ? transientFailure
            .retryAfter()
            .map(policy::bounded)
            .orElseGet(() -> policy.waitAfter(failuresInARow))
        : policy.waitAfter(failuresInARow);
  }

  private static String describe(IOException failure) {
    return failure instanceof TransientFailure
        ? Objects.toString(failure.getMessage())
        : "the connection failed ("
            + failure.getClass().getSimpleName()
            + ": "
            + failure.getMessage()
            + ")";
  }

  private static void sleep(Duration wait) {
    try {
      Thread.sleep(wait);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", interrupted);
    }
  }
}
