package dev.flyball.engine.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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
  private final Optional<Arithmetic.Norm> routerNorm;
  private final Optional<Arithmetic.Norm> expertNorm;
  private final StepRows normed;
  private final Optional<float[]> expertScales;
  private final boolean weighsInput;

  MixtureOfExperts(MixtureSpec spec, Assembly assembly) {
    routing = new ExpertRouter(spec.routing());
    router = assembly.linear(spec.router());
    experts = spec.experts().stream().map(expert -> expert.assemble(assembly)).toList();
    weights = assembly.rows("expert weights", spec.routing().experts());
    tokens = new int[assembly.maxTokens()];
    in = assembly.rows("expert input", router.columns());
    out = assembly.rows("expert output", router.columns());
    routerNorm = spec.routerNorm().map(assembly::norm);
    expertNorm = spec.expertNorm().map(assembly::norm);
    boolean norms = routerNorm.isPresent() || expertNorm.isPresent();
    normed = assembly.rows("normed for experts", norms ? router.columns() : 0);
    expertScales = spec.expertScales();
    weighsInput = spec.weighsInput();
  }

  @Override
  public void apply(Step step, float[] x, int rows, float[] sums) {
    weigh(step, x, rows);
    float[] input = normed(step, x, rows, expertNorm);
    Arrays.fill(sums, 0, rows * router.columns(), 0f);
    for (int expert = 0; expert < experts.size(); expert++) {
      int count = choose(expert, rows);
      if (count > 0) {
        float[] chosen = gather(step, input, rows, count);
        if (weighsInput) {
          chosen = weighRows(expert, chosen, count);
        }
        experts.get(expert).apply(step, chosen, count, out.values());
        scatter(step, expert, count, sums);
      }
    }
  }

  /** Each token's weights for the experts. */
  private void weigh(Step step, float[] x, int rows) {
    step.input(normed(step, x, rows, routerNorm), rows, router.columns());
    router.apply(weights.values());
    for (int t = 0; t < rows; t++) {
      routing.route(weights.values(), t * experts.size());
      if (expertScales.isPresent()) {
        for (int expert = 0; expert < experts.size(); expert++) {
          weights.values()[t * experts.size() + expert] *= expertScales.get()[expert];
        }
      }
    }
  }

  private float[] normed(Step step, float[] x, int rows, Optional<Arithmetic.Norm> norm) {
    if (norm.isEmpty()) {
      return x;
    }
    step.normalise(x, rows, norm.get(), normed.values());
    return normed.values();
  }

  /** The rows of {@code tokens} times their weights. */
  private float[] weighRows(int expert, float[] chosen, int count) {
    int columns = router.columns();
    float[] weighed = in.values();
    for (int row = 0; row < count; row++) {
      float weight = weights.values()[tokens[row] * experts.size() + expert];
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        weighed[i] = chosen[i] * weight;
      }
    }
    return weighed;
  }

  /** Sets {@code tokens} to those that chose an expert. */
  private int choose(int expert, int rows) {
    float[] weight = weights.values();
    int count = 0;
    for (int t = 0; t < rows; t++) {
      if (weight[t * experts.size() + expert] != 0) {
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

  /** {@code sums[token] += weight * out[row]}; what was weighed before is only added. */
  private void addWeighted(int expert, int row, float[] sums) {
    int columns = router.columns();
    int to = tokens[row] * columns;
    int from = row * columns;
    float weight = weighsInput ? 1 : weights.values()[tokens[row] * experts.size() + expert];
    float[] results = out.values();
    for (int i = 0; i < columns; i++) {
      sums[to + i] += weight * results[from + i];
    }
  }
}
