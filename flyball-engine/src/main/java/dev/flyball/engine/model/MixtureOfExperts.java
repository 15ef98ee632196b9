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
  /** Values from which on copying them is worth a round of the team. */
  private static final int SHARED_VALUES = 1 << 15;

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
      int count = choose(expert, rows);
      if (count > 0) {
        experts.get(expert).apply(step, gather(step, x, rows, count), count, out.values());
        scatter(step, expert, count, sums);
      }
    }
  }

  /** Sets {@code tokens} to those that chose an expert. */
  private int choose(int expert, int rows) {
    float[] weight = weights.values();
    int count = 0;
    for (int t = 0; t < rows; t++) {
      if (weight[t * experts.size() + expert] > 0) {
        tokens[count++] = t;
      }
    }
    return count;
  }

  /** The chosen tokens' rows one after the other: {@code x} itself where all are chosen. */
  private float[] gather(Step step, float[] x, int rows, int count) {
    if (count == rows) {
      return x;
    }
    int columns = router.columns();
    float[] gathered = in.values();
    if (count * columns < SHARED_VALUES) {
      for (int row = 0; row < count; row++) {
        System.arraycopy(x, tokens[row] * columns, gathered, row * columns, columns);
      }
    } else {
      step.team()
          .run(
              count,
              (row, _) ->
                  System.arraycopy(x, tokens[row] * columns, gathered, row * columns, columns));
    }
    return gathered;
  }

  private void scatter(Step step, int expert, int count, float[] sums) {
    if (count * router.columns() < SHARED_VALUES) {
      for (int row = 0; row < count; row++) {
        addWeighted(expert, row, sums);
      }
    } else {
      step.team().run(count, (row, _) -> addWeighted(expert, row, sums));
    }
  }

  /** {@code sums[token] += weight * out[row]}. */
  private void addWeighted(int expert, int row, float[] sums) {
    int columns = router.columns();
    int to = tokens[row] * columns;
    int from = row * columns;
    float weight = weights.values()[tokens[row] * experts.size() + expert];
    float[] results = out.values();
    for (int i = 0; i < columns; i++) {
      sums[to + i] += weight * results[from + i];
    }
  }
}
