package dev.flyball.cli.load.client;

import java.util.Optional;

/**
 * What came back for a request. Times are of {@link System#nanoTime}.
 *
 * @param firstOutputNanos when the first event with output came; {@code endNanos} where none did
 * @param lastOutputNanos when the last one came
 * @param endNanos when the answer was over
 * @param outputEvents events with output; each may bring several tokens
 * @param usage what the server counted
 * @param failure nothing: the answer is whole
 */
public record Answer(
    long firstOutputNanos,
    long lastOutputNanos,
    long endNanos,
    long outputEvents,
    Optional<TokenCounts> usage,
    Optional<Failure> failure) {

  /** An answer that nothing came of. */
  static Answer failed(Failure failure) {
    long now = System.nanoTime();
    return new Answer(now, now, now, 0, Optional.empty(), Optional.of(failure));
  }

  /** Tokens of the answer: those the server counted, else the events. */
  public long outputTokens() {
    return usage.map(TokenCounts::output).orElse(outputEvents);
  }
}
