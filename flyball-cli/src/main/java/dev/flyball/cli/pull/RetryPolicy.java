package dev.flyball.cli.pull;

import java.time.Duration;

/**
 * How often and how soon a failed request is made again.
 *
 * @param maxAttemptsInARow attempts without progress before giving up
 * @param firstWait pause after the first failure; doubled after each further one
 * @param maxWait longest pause, also where the server asks for a longer one
 * @param timeout longest silence of the server
 */
public record RetryPolicy(
    int maxAttemptsInARow, Duration firstWait, Duration maxWait, Duration timeout) {
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(6, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(30));

  /** The pause after the {@code failures}-th failure in a row, counted from 1. */
  Duration waitAfter(int failures) {
    Duration wait = firstWait.multipliedBy(1L << Math.min(failures - 1, 16));
    return wait.compareTo(maxWait) < 0 ? wait : maxWait;
  }

  /** A pause that the server asked for, within our limit. */
  Duration bounded(Duration asked) {
    return asked.compareTo(maxWait) < 0 ? asked : maxWait;
  }
}
