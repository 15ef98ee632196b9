package dev.flyball.engine.model;

import java.util.Arrays;
import java.util.List;

/**
 * A mixture of experts (arXiv:1701.06538): a router scores the experts, the best few are run, and
 * their results are added by their weights.
 *
 * <p>Expert by expert, each with all of its tokens at once; a token's sum is taken in the experts'
 * order, so that it does not depend on the other tokens of the step.
 */
final class MixtureOfExperts implements FeedForward {
  private final ExpertRouter routing;
  private final Linear router;
  private final List<DenseFeedForward> experts;

  /** (tokens, experts): a token's weight for each expert, 0 where it is not chosen. */
  private final StepRows weights;

  /** The tokens of the expert under way, and their rows in and out. */
  private final int[] tokens;

  private final StepRows in;
  private final StepRows out;

  MixtureOfExperts(MixtureSpec spec, Assembly assembly) {
    routing = new ExpertRouter(spec.routing());
    router = assembly.linear(spec.router());
    experts = spec.experts().stream().map(expert -> expert.assemble(assembly)).toList();
    weights = assembly.rows("expert weights", spec.routing().experts());
    tokens = new int[assembly.maxTokens()];
    in = assembly.rows("expert input", router.columns());
    out = assembly.rows("expert output", router.columns());
  }

  @Override
  public void apply(Step step, float[] x, int rows, float[] sums) {
    int columns = router.columns();
    step.input(x, rows, columns);
    router.apply(weights.values());
    for (int t = 0; t < rows; t++) {
      routing.route(weights.values(), t * experts.size());
    }
    Arrays.fill(sums, 0, rows * columns, 0f);
    for (int expert = 0; expert < experts.size(); expert++) {
      int count = gather(expert, x, rows, columns);
      if (count > 0) {
        experts.get(expert).apply(step, in.values(), count, out.values());
        scatter(expert, count, columns, sums);
      }
    }
  }

  private int gather(int expert, float[] x, int rows, int columns) {
    int count = 0;
    for (int t = 0; t < rows; t++) {
      if (weights.values()[t * experts.size() + expert] > 0) {
        System.arraycopy(x, t * columns, in.values(), count * columns, columns);
        tokens[count++] = t;
      }
    }
    return count;
  }

  private void scatter(int expert, int count, int columns, float[] sums) {
    float[] results = out.values();
    for (int row = 0; row < count; row++) {
      int t = tokens[row];
      float weight = weights.values()[t * experts.size() + expert];
      for (int i = 0; i < columns; i++) {
        sums[t * columns + i] += weight * results[row * columns + i];
      }
    }
  }
}
