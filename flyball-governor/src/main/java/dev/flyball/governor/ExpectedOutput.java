package dev.flyball.governor;

/**
 * How long an answer is expected to be.
 *
 * @param p50Tokens half of the answers have at most so many tokens
 * @param p90Tokens nine in ten have at most so many
 * @param answersSeen how many answers that rests on; 0: none, it is an assumption
 */
public record ExpectedOutput(int p50Tokens, int p90Tokens, long answersSeen) {
  public ExpectedOutput {
    if (p50Tokens < 0 || p90Tokens < p50Tokens || answersSeen < 0) {
      throw new IllegalArgumentException(
          "expected tokens must satisfy 0 <= p50 <= p90: %d, %d".formatted(p50Tokens, p90Tokens));
    }
  }

  /** The same where answers end at a limit. */
  public ExpectedOutput atMost(int maxTokens) {
    return new ExpectedOutput(
        Math.min(p50Tokens, maxTokens), Math.min(p90Tokens, maxTokens), answersSeen);
  }
}
