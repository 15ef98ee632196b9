package dev.flyball.engine.model;

import dev.flyball.kernels.Softmax;
import java.util.Arrays;
import java.util.List;

/**
 * Mixtral's mixture of experts (arXiv:2401.04088): a router scores the experts, softmax, the best
 * few are run, and their results are added by their weights, which are made to sum to 1.
 *
 * <p>Expert by expert, each with all of its tokens at once; a token's sum is taken in the experts'
 * order, so that it does not depend on the other tokens of the step.
 */
record MixtureOfExperts(Linear router, List<DenseFeedForward> experts, int used, Scratch scratch)
    implements FeedForward {

  /** Room for a step, shared by the layers of a model. */
  static final class Scratch {
    /** (tokens, experts): a token's weight for each expert, 0 where it is not chosen. */
    private final float[] weights;

    /** The tokens of the expert under way, and their rows in and out. */
    private final int[] tokens;

    private final float[] in;
    private final float[] out;

    Scratch(int maxTokens, int experts, int columns) {
      weights = new float[Math.multiplyExact(maxTokens, experts)];
      tokens = new int[maxTokens];
      in = new float[Math.multiplyExact(maxTokens, columns)];
      out = new float[Math.multiplyExact(maxTokens, columns)];
    }
  }

  @Override
  public void apply(Step step, float[] x, int tokens, float[] out) {
    int columns = router.columns();
    step.input(x, tokens, columns);
    router.apply(scratch.weights);
    for (int t = 0; t < tokens; t++) {
      route(t * experts.size());
    }
    Arrays.fill(out, 0, tokens * columns, 0f);
    for (int expert = 0; expert < experts.size(); expert++) {
      int rows = gather(expert, x, tokens, columns);
      if (rows > 0) {
        experts.get(expert).apply(step, scratch.in, rows, scratch.out);
        scatter(expert, rows, columns, out);
      }
    }
  }

  /** Turns the scores of one token into weights: the best keep theirs, scaled to sum to 1. */
  private void route(int offset) {
    float[] weights = scratch.weights;
    Softmax.apply(weights, offset, experts.size());
    float sum = 0;
    for (int rank = 0; rank < used; rank++) {
      int best = best(weights, offset, experts.size());
      sum += weights[best];
      weights[best] = -weights[best]; // chosen
    }
    for (int i = offset; i < offset + experts.size(); i++) {
      weights[i] = weights[i] < 0 ? -weights[i] / sum : 0;
    }
  }

  private static int best(float[] weights, int offset, int length) {
    int best = offset;
    for (int i = offset + 1; i < offset + length; i++) {
      if (weights[i] > weights[best]) {
        best = i;
      }
    }
    return best;
  }

  private int gather(int expert, float[] x, int tokens, int columns) {
    int rows = 0;
    for (int t = 0; t < tokens; t++) {
      if (scratch.weights[t * experts.size() + expert] > 0) {
        System.arraycopy(x, t * columns, scratch.in, rows * columns, columns);
        scratch.tokens[rows++] = t;
      }
    }
    return rows;
  }

  private void scatter(int expert, int rows, int columns, float[] out) {
    for (int row = 0; row < rows; row++) {
      int t = scratch.tokens[row];
      float weight = scratch.weights[t * experts.size() + expert];
      for (int i = 0; i < columns; i++) {
        out[t * columns + i] += weight * scratch.out[row * columns + i];
      }
    }
  }
}
