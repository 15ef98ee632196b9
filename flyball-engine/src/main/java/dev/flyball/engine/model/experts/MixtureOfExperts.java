package dev.flyball.engine.model.experts;

import dev.flyball.engine.model.Assembly;
import dev.flyball.engine.model.FeedForward;
import dev.flyball.engine.model.Linear;
import dev.flyball.engine.model.Step;
import dev.flyball.engine.model.StepRows;
import dev.flyball.engine.model.arithmetic.Elementwise;
import dev.flyball.engine.model.arithmetic.Products;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.InputFinish;
import java.util.Arrays;
import java.util.Optional;

/**
 * A mixture of experts (arXiv:1701.06538): a router scores the experts, the best few are run, and
 * their results are added by their weights.
 *
 * <p>Experts are run together, each with all of its tokens; a token's sum is taken in the experts'
 * order, so that it does not depend on the other tokens of the step.
 */
final class MixtureOfExperts implements FeedForward {
  private static final int ROUTED_PER_PIECE = 16;

  /** Values of results that a piece of the sums adds: a few microseconds. */
  private static final int ADDED_PER_PIECE = 1 << 15;

  private final Linear router;
  private final ExpertNetworks experts;
  private final Products products;
  private final Elementwise elementwise;

  /** Each worker's own. */
  private final ExpertRouter[] routers;

  /** (tokens, experts): a token's weight for each expert, 0 where it is not chosen. */
  private final StepRows weights;

  private final ExpertRows chosen;

  /** The experts' input, where it is not the mixer's. */
  private final StepRows in;

  private final StepRows out;
  private final Optional<Elementwise.Norm> routerNorm;
  private final Optional<Elementwise.Norm> expertNorm;
  private final StepRows normed;
  private final Optional<float[]> expertScales;
  private final boolean weighsInput;

  // What is under way, for the pieces of a run.
  private final WorkerTeam.Piece routePiece = this::routePiece;
  private final WorkerTeam.Piece addPiece = this::addPiece;
  private final InputFinish weighRow = this::weighRow;
  private int rows;
  private int tokensPerPiece;
  private float[] input = new float[0];
  private float[] sums = input;

  MixtureOfExperts(MixtureSpec spec, Assembly assembly) {
    router = assembly.linear(spec.router());
    experts = new ExpertNetworks(spec.experts(), assembly);
    products = assembly.arithmetic().products();
    elementwise = assembly.arithmetic().elementwise();
    routers = new ExpertRouter[assembly.workers()];
    Arrays.setAll(routers, _ -> new ExpertRouter(spec.routing()));
    weights = assembly.rows("expert weights", experts.count());
    weighsInput = spec.weighsInput();
    chosen = new ExpertRows(experts.count(), assembly.maxTokens(), weighsInput);
    in = assembly.rows("expert input", weighsInput ? router.columns() : 0);
    out = assembly.rows("expert output", router.columns());
    routerNorm = spec.routerNorm().map(assembly::norm);
    expertNorm = spec.expertNorm().map(assembly::norm);
    boolean norms = routerNorm.isPresent() || expertNorm.isPresent();
    normed = assembly.rows("normed for experts", norms ? router.columns() : 0);
    expertScales = spec.expertScales();
  }

  @Override
  public void apply(Step step, float[] x, int rows, float[] sums) {
    this.rows = rows;
    this.sums = sums;
    step.input(normed(step, x, rows, routerNorm), rows, router.columns());
    router.apply(weights.values());
    step.team().run(Math.ceilDiv(rows, ROUTED_PER_PIECE), routePiece);
    input = normed(step, x, rows, expertNorm);
    Arrays.fill(sums, 0, rows * router.columns(), 0f);
    int next = 0;
    int together = experts.together();
    while (next < experts.count()) {
      next = chosen.fill(weights.values(), rows, next, together);
      if (chosen.size() > 0) {
        expect(next, together);
        computeChosen(step);
      }
    }
  }

  /**
   * Lets the experts that are computed next come, and behind them those that will be computed after
   * them, from {@code next} on.
   */
  private void expect(int next, int together) {
    if (together == Integer.MAX_VALUE) {
      return;
    }
    for (int group = 0; group < chosen.groups(); group++) {
      experts.expect(chosen.expert(group));
    }
    int ahead = 0;
    for (int expert = next; expert < experts.count() && ahead < together; expert++) {
      if (chosen.chosen(weights.values(), rows, expert) > 0) {
        experts.expect(expert);
        ahead++;
      }
    }
  }

  private float[] normed(Step step, float[] x, int rows, Optional<Elementwise.Norm> norm) {
    if (norm.isEmpty()) {
      return x;
    }
    step.normalise(x, rows, norm.get(), normed.values());
    return normed.values();
  }

  /** Some tokens' weights for the experts. */
  private void routePiece(int piece, int worker) {
    int first = piece * ROUTED_PER_PIECE;
    int end = Math.min(rows, first + ROUTED_PER_PIECE);
    for (int t = first; t < end; t++) {
      int offset = t * experts.count();
      routers[worker].route(weights.values(), offset);
      if (expertScales.isPresent()) {
        for (int expert = 0; expert < experts.count(); expert++) {
          weights.values()[offset + expert] *= expertScales.get()[expert];
        }
      }
    }
  }

  /** Runs the experts that are in {@link #chosen} and adds their results. */
  private void computeChosen(Step step) {
    int columns = router.columns();
    if (weighsInput) {
      products.input(in.values(), chosen.places(), columns, weighRow);
    } else {
      products.input(input, chosen.tokens(), columns);
    }
    experts.apply(chosen, out.values());
    long values = (long) chosen.size() * columns;
    tokensPerPiece = (int) Math.max(1, (long) ADDED_PER_PIECE * rows / values);
    step.team().run(Math.ceilDiv(rows, tokensPerPiece), addPiece);
  }

  /** A part of an expert's input: its token's row times its weight. */
  private void weighRow(int place, int from, int end, int worker) {
    int token = chosen.tokens().row(place);
    float weight = chosen.weight(place);
    float[] weighed = in.values();
    for (int i = from; i < end; i++) {
      weighed[place * router.columns() + i] = weight * input[token * router.columns() + i];
    }
  }

  private void addPiece(int piece, int worker) {
    int columns = router.columns();
    int end = Math.min(rows, (piece + 1) * tokensPerPiece);
    for (int token = piece * tokensPerPiece; token < end; token++) {
      elementwise.addWeighted(
          out.values(),
          chosen.placeOf(),
          chosen.weightOf(),
          chosen.firstOf(token),
          chosen.endOf(token),
          sums,
          token * columns,
          columns,
          worker);
    }
  }
}
