package dev.flyball.cli.load.measure;

import dev.flyball.cli.load.client.Answer;

/**
 * Times of a whole answer, counted from when its request should have been sent.
 *
 * @param tpotNanos 0 where it has one token or none
 */
record AnswerTimes(long ttftNanos, long tpotNanos, long e2eNanos) {
  static AnswerTimes of(Answer answer, long intendedNanos) {
    long tokens = answer.outputTokens();
    long between = answer.lastOutputNanos() - answer.firstOutputNanos();
    return new AnswerTimes(
        answer.firstOutputNanos() - intendedNanos,
        tokens > 1 ? between / (tokens - 1) : 0,
        answer.endNanos() - intendedNanos);
  }
}
