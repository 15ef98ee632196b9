package dev.flyball.engine.evaluate;

/**
 * How a model's predictions differ from base predictions of the same text.
 *
 * @param tokens how many predictions were compared
 * @param basePerplexity of the base predictions
 * @param logRatio ln(perplexity / base perplexity), token by token
 * @param klDivergence {@code sum of p ln(p / q)} over the vocabulary, p being the base's
 *     probability, token by token, in nats
 * @param probabilityChange q - p of the token that came, token by token
 * @param sameBest share of tokens, 0 to 1, for which both find the same token most probable
 */
public record Divergence(
    int tokens,
    double basePerplexity,
    Spread logRatio,
    Spread klDivergence,
    Spread probabilityChange,
    double sameBest) {

  /** Standard error of {@link #sameBest()}. */
  public double sameBestError() {
    return Math.sqrt(sameBest * (1 - sameBest) / Math.max(1, tokens - 1));
  }
}
