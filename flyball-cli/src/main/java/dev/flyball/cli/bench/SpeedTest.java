package dev.flyball.cli.bench;

/**
 * One test: a prompt, then single tokens.
 *
 * @param promptTokens tokens fed in large steps
 * @param generatedTokens tokens fed one by one
 * @param depth tokens that are in the cache before the clock starts
 */
public record SpeedTest(int promptTokens, int generatedTokens, int depth) {
  public SpeedTest {
    if (promptTokens < 0
        || generatedTokens < 0
        || depth < 0
        || promptTokens + generatedTokens < 1) {
      throw new IllegalArgumentException("a test has at least one token, and none below zero");
    }
  }

  /** {@code pp512}, {@code tg32}, {@code tg32 @ d1024}. */
  public String label() {
    String tokens =
        generatedTokens == 0
            ? "pp" + promptTokens
            : promptTokens == 0
                ? "tg" + generatedTokens
                : "pp" + promptTokens + "+tg" + generatedTokens;
    return depth == 0 ? tokens : tokens + " @ d" + depth;
  }

  /** Tokens that are timed. */
  public int tokens() {
    return promptTokens + generatedTokens;
  }
}
