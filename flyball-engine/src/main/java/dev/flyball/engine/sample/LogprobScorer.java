package dev.flyball.engine.sample;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Log-probabilities of one position: the log-softmax of the model's own logits, before bias,
 * penalties, temperature and filters. Reused from position to position; not thread-safe.
 */
public final class LogprobScorer {
  private final BestTokens best;

  /** Working memory for rows as long as the last one. */
  private float[] logits = new float[0];

  private TokenWeights weights = new TokenWeights(0);

  /**
   * @param maxTop most alternatives that will be asked for
   */
  public LogprobScorer(int maxTop) {
    best = new BestTokens(Math.max(1, maxTop));
  }

  /**
   * @param row holds {@code length} logits from {@code offset}, none of them NaN or positive
   *     infinity
   * @param top alternatives wanted; fewer come where the vocabulary is smaller
   */
  public TokenLogprob score(float[] row, int offset, int length, int token, int top) {
    float max = max(row, offset, length);
    double logSum = logSum(row, offset, length, max);
    return new TokenLogprob(
        token,
        (float) (row[offset + token] - (double) max - logSum),
        top == 0 ? List.of() : alternatives(row, offset, length, top, max, logSum));
  }

  private static float max(float[] row, int offset, int length) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = offset; i < offset + length; i++) {
      max = Math.max(max, row[i]);
    }
    return max;
  }

  /** {@code log(sum(exp(x - max)))}: at most the logarithm of the length, however large x is. */
  private double logSum(float[] row, int offset, int length, float max) {
    if (logits.length != length) {
      logits = new float[length];
      weights = new TokenWeights(length);
    }
    System.arraycopy(row, offset, logits, 0, length);
    return Math.log(weights.weigh(logits, max, 1));
  }

  private List<TokenLogprob.Alternative> alternatives(
      float[] row, int offset, int length, int top, double max, double logSum) {
    best.clear(top);
    for (int id = 0; id < length; id++) {
      best.offer(id, row[offset + id]);
    }
    List<TokenLogprob.Alternative> alternatives = new ArrayList<>(best.size());
    while (best.size() > 0) {
      int id = best.removeWorst();
      float logprob = (float) (row[offset + id] - max - logSum);
      alternatives.add(new TokenLogprob.Alternative(id, logprob));
    }
    Collections.reverse(alternatives);
    return alternatives;
  }
}
