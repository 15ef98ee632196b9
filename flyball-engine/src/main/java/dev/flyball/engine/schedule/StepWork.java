package dev.flyball.engine.schedule;

/**
 * What a step computes, in the measures that its time depends on.
 *
 * @param prefillTokens tokens of prompts
 * @param decodeTokens tokens of sequences that decode, guessed ones included
 * @param prefillAttended keys that the tokens of prompts attend to, all together
 * @param decodeAttended keys that the decoded tokens attend to, all together
 */
public record StepWork(
    int prefillTokens, int decodeTokens, long prefillAttended, long decodeAttended) {
  /** Of a step without tokens. */
  public static final StepWork NONE = new StepWork(0, 0, 0, 0);

  public StepWork {
    if (prefillTokens < 0 || decodeTokens < 0 || prefillAttended < 0 || decodeAttended < 0) {
      throw new IllegalArgumentException("work must not be negative");
    }
  }

  /**
   * Keys that {@code tokens} tokens behind {@code context} others attend to, themselves included.
   */
  static long attended(int tokens, long context) {
    return tokens * context + (long) tokens * (tokens + 1) / 2;
  }
}
