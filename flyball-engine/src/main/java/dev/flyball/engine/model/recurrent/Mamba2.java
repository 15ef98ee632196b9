package dev.flyball.engine.model.recurrent;

import dev.flyball.engine.model.Assembly;
import dev.flyball.engine.model.Linear;
import dev.flyball.engine.model.Mixer;
import dev.flyball.engine.model.Step;
import dev.flyball.engine.model.StepRows;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.Elementwise;
import dev.flyball.kernels.ChannelConvolution;
import dev.flyball.kernels.ScanTokens;
import dev.flyball.kernels.WorkerTeam;
import java.util.List;

/**
 * Mamba-2 (arXiv:2405.21060): each head has a state that follows {@link
 * dev.flyball.kernels.StateSpaceRule}. Keys, queries and values come from a short convolution, a
 * token lasts {@code t = softplus(x_t + bias)}: the state decays by {@code exp(A t)} and is written
 * {@code t} times the value. The result is gated, and normed group by group.
 */
final class Mamba2 implements Mixer {
  private final Mamba2Spec spec;
  private final Mamba2Spec.Shape shape;
  private final Step step;
  private final CausalConvolution convolution;
  private final List<Elementwise.Norm> norms;
  private final Linear output;
  private final List<Linear> projections;
  private final StepRows gate;
  private final StepRows mixed;
  private final StepRows time;
  private final StepRows results;
  private final RecurrentHeads heads;
  private final WorkerTeam.Piece finish = this::finish;
  private List<float[]> projected = List.of();

  Mamba2(Mamba2Spec spec, Assembly assembly) {
    this.spec = spec;
    shape = spec.shape();
    step = assembly.step();
    convolution =
        new CausalConvolution(spec.convolution(), ChannelConvolution.Finish.SILU, assembly);
    norms = spec.norms().stream().map(assembly::norm).toList();
    output = assembly.linear(spec.output());
    projections =
        List.of(
            assembly.linear(spec.gate()),
            assembly.linear(spec.mixed()),
            assembly.linear(spec.time()));
    gate = assembly.rows("gate of results", shape.columns());
    mixed = assembly.rows("convolved", shape.mixedColumns());
    time = assembly.rows("rates", shape.heads());
    results = assembly.rows("results", shape.columns());
    heads =
        new RecurrentHeads(
            step,
            shape.heads(),
            spec.stateOffset(),
            shape.stateLength() * shape.headLength(),
            assembly.arithmetic().scans().stateSpace(shape.stateLength(), shape.headLength()),
            new Rule());
  }

  @Override
  public boolean mixesTokens() {
    return true;
  }

  @Override
  public void apply(Step ofTokens, float[] x, float[] out) {
    if (projected.isEmpty()) {
      projected = List.of(gate.values(), mixed.values(), time.values());
    }
    step.input(x, step.tokens(), spec.mixed().columns());
    // Errors of the state stay in it.
    Linear.applyAllFinely(projections, projected);
    convolution.apply(mixed.values());
    heads.apply(mixed.values(), results.values());
    step.team().run(step.tokens(), finish);
    step.input(gate.values(), step.tokens(), shape.columns());
    output.apply(out);
  }

  private final class Rule implements RecurrentHeads.Rule {
    @Override
    public float direct(int head) {
      return spec.direct()[head];
    }

    @Override
    public void add(ScanTokens tokens, int token, int head) {
      int first = token * shape.mixedColumns();
      int key = first + shape.columns() + shape.group(head) * shape.stateLength();
      float rate = time.values()[token * shape.heads() + head];
      float duration = (float) Softplus.of(rate + spec.timeBias()[head]);
      tokens.add(
          key,
          key + shape.groups() * shape.stateLength(),
          first + head * shape.headLength(),
          token * shape.columns() + head * shape.headLength(),
          (float) Math.exp(duration * spec.decay()[head]),
          duration);
    }
  }

  /** {@code gate = norm(silu(gate) * result)} for one token. */
  private void finish(int token, int worker) {
    int first = token * shape.columns();
    int end = first + shape.columns();
    step.arithmetic()
        .elementwise()
        .gate(Activation.SILU, gate.values(), results.values(), first, end, worker);
    for (int group = 0; group < norms.size(); group++) {
      int row = token * norms.size() + group;
      norms.get(group).apply(gate.values(), row, gate.values(), worker);
    }
  }
}
