package dev.flyball.cli.bench;

/**
 * One test: a prompt, then single tokens, of one sequence or of several at once.
 *
 * @param promptTokens tokens of each sequence that are fed in large steps
 * @param generatedTokens tokens of each sequence that are fed one by one
 * @param depth tokens of each sequence that are in the cache before the clock starts
 * @param sequences sequences that run at once, each step feeding one token of every one
 */
public record SpeedTest(int promptTokens, int generatedTokens, int depth, int sequences) {
  public SpeedTest {
    if (promptTokens < 0
        || generatedTokens < 0
        || depth < 0
        || sequences < 1
        || promptTokens + generatedTokens < 1) {
      throw new IllegalArgumentException(
          "a test has at least one token and one sequence, and no number below zero");
    }
  }

  /** {@code pp512}, {@code tg32}, {@code tg32 x8 @ d1024}. */
  public String label() {
    String tokens =
        generatedTokens == 0
            ? "pp" + promptTokens
            : promptTokens == 0
                ? "tg" + generatedTokens
                : "pp" + promptTokens + "+tg" + generatedTokens;
    return tokens + (sequences == 1 ? "" : " x" + sequences) + (depth == 0 ? "" : " @ d" + depth);
  }

  /** Tokens that are timed, of all sequences. */
  public long tokens() {
    return (long) sequences * (promptTokens + generatedTokens);
  }

  /** Tokens of each sequence at the end. */
  int length() {
    return depth + promptTokens + generatedTokens;
  }
}
