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
import java.util.ArrayList;
import java.util.List;

/**
 * A gated delta net (arXiv:2412.06464): each value head has a state that follows {@link
 * dev.flyball.kernels.GatedDeltaRule}. Queries, keys and values come from a short convolution, the
 * state decays by {@code exp(factor * softplus(x_a + bias))} and is written with {@code
 * logistic(x_b)}. The result is normed head by head and gated.
 */
final class GatedDeltaNet implements Mixer {
  private final GatedDeltaNetSpec spec;
  private final GatedDeltaNetSpec.Shape shape;
  private final Step step;
  private final CausalConvolution convolution;
  private final Elementwise.Norm norm;
  private final Linear output;
  private final List<Linear> projections = new ArrayList<>();
  private final StepRows mixed;
  private final StepRows gate;
  private final StepRows rates;
  private final StepRows forgetRates;
  private final StepRows results;
  private final RecurrentHeads heads;
  private final WorkerTeam.Piece finish = this::finish;
  private List<float[]> projected = List.of();

  GatedDeltaNet(GatedDeltaNetSpec spec, Assembly assembly) {
    this.spec = spec;
    shape = spec.shape();
    step = assembly.step();
    convolution =
        new CausalConvolution(spec.convolution(), ChannelConvolution.Finish.SILU, assembly);
    norm = assembly.norm(spec.norm());
    output = assembly.linear(spec.output());
    projections.add(assembly.linear(spec.mixed()));
    projections.add(assembly.linear(spec.gate()));
    spec.rates().forEach(rate -> projections.add(assembly.linear(rate)));
    mixed = assembly.rows("convolved", shape.mixedColumns());
    gate = assembly.rows("gate of results", shape.valueColumns());
    rates = assembly.rows("rates", spec.rates().getFirst().weight().rows());
    forgetRates = isOneMatrix() ? rates : assembly.rows("forget rates", shape.valueHeads());
    results = assembly.rows("results", shape.valueColumns());
    heads =
        new RecurrentHeads(
            step,
            shape.valueHeads(),
            spec.stateOffset(),
            shape.keyLength() * shape.valueLength(),
            assembly
                .arithmetic()
                .scans()
                .deltaRule(shape.keyLength(), shape.valueLength(), (float) spec.norm().epsilon()),
            new Rule());
  }

  private boolean isOneMatrix() {
    return spec.rates().size() == 1;
  }

  @Override
  public boolean mixesTokens() {
    return true;
  }

  @Override
  public void apply(Step ofTokens, float[] x, float[] out) {
    if (projected.isEmpty()) {
      projected = new ArrayList<>(List.of(mixed.values(), gate.values(), rates.values()));
      if (!isOneMatrix()) {
        projected.add(forgetRates.values());
      }
    }
    step.input(x, step.tokens(), spec.mixed().columns());
    // Errors of the state stay in it.
    Linear.applyAllFinely(projections, projected);
    convolution.apply(mixed.values());
    heads.apply(mixed.values(), results.values());
    step.team().run(step.tokens(), finish);
    step.input(gate.values(), step.tokens(), shape.valueColumns());
    output.apply(out);
  }

  private final class Rule implements RecurrentHeads.Rule {
    @Override
    public float direct(int head) {
      return 0;
    }

    @Override
    public void add(ScanTokens tokens, int token, int head) {
      int first = token * shape.mixedColumns();
      int query = first + shape.keyHead(head) * shape.keyLength();
      tokens.add(
          query + shape.keyColumns(),
          query,
          first + 2 * shape.keyColumns() + head * shape.valueLength(),
          (token * shape.valueHeads() + head) * shape.valueLength(),
          decay(token, head),
          write(token, head));
    }
  }

  private float write(int token, int valueHead) {
    double rate =
        isOneMatrix()
            ? rates.values()[rateAt(token, valueHead)]
            : rates.values()[token * shape.valueHeads() + valueHead];
    return (float) (1 / (1 + Math.exp(-rate)));
  }

  private float decay(int token, int valueHead) {
    int sharers = shape.valueHeads() / shape.keyHeads();
    float rate =
        isOneMatrix()
            ? rates.values()[rateAt(token, valueHead) + sharers]
            : forgetRates.values()[token * shape.valueHeads() + valueHead];
    double softplus = Softplus.of(rate + spec.forgetBias()[valueHead]);
    return (float) Math.exp(spec.forgetFactor()[valueHead] * softplus);
  }

  /** Where one matrix has a value head's rate of writing. */
  private int rateAt(int token, int valueHead) {
    int sharers = shape.valueHeads() / shape.keyHeads();
    int group = valueHead / sharers;
    return 2 * (token * shape.valueHeads() + group * sharers) + valueHead % sharers;
  }

  /** {@code gate = silu(gate) * norm(result)} for one token, normed head by head. */
  private void finish(int token, int worker) {
    int first = token * shape.valueHeads();
    for (int head = 0; head < shape.valueHeads(); head++) {
      norm.apply(results.values(), first + head, results.values(), worker);
    }
    int from = first * shape.valueLength();
    int end = from + shape.valueColumns();
    step.arithmetic()
        .elementwise()
        .gate(Activation.SILU, gate.values(), results.values(), from, end, worker);
  }
}
