package dev.flyball.engine.model;

/**
 * The lengths of latent attention with a key and a value for each head.
 *
 * @param rank values of what a key and a value are made of
 * @param plain values of a key that are made of it
 * @param rotated values of a key that all heads have in common
 * @param valueLength values of a value
 */
record LatentLengths(int heads, int rank, int plain, int rotated, int valueLength) {
  /** Below so many tokens what the form costs beside arithmetic is more than it saves. */
  private static final int LEAST_TOKENS = 32;

  /**
   * Multiply-adds of floats that take as long as one that makes a key or a value: those are of
   * eight bits, or of twice eight.
   */
  private static final double EIGHT_BIT_PRODUCT = 0.75;

  /** Values of a key. */
  int keyLength() {
    return plain + rotated;
  }

  /**
   * Whether attending with a key and a value for each head is less work than with the compressed
   * ones. Those meet queries and give results that the matrices of keys and values were applied to,
   * once for each of the tokens; expanded, the matrices are applied to each token of the context.
   *
   * @param tokens that attend, the last ones of the context
   */
  boolean isWorthExpanding(int tokens, int context) {
    double pairs = (double) tokens * context - (double) tokens * (tokens - 1) / 2;
    double saved = pairs * (2.0 * rank + rotated - keyLength() - valueLength);
    double products = (double) (context - tokens) * rank * (plain + valueLength);
    return tokens >= LEAST_TOKENS && saved > EIGHT_BIT_PRODUCT * products;
  }
}
