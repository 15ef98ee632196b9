package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.Elementwise;
import dev.flyball.engine.model.arithmetic.SparseNetwork;
import dev.flyball.engine.sparsity.GateMagnitudes;
import dev.flyball.engine.sparsity.GateThresholds;
import dev.flyball.engine.sparsity.GateUse;
import dev.flyball.kernels.matmul.InputFinish;
import java.util.List;
import java.util.Optional;

/**
 * {@code down @ (activation(gate @ x) * (up @ x))} (arXiv:2002.05202), or, without a gate, {@code
 * down @ activation(up @ x)}. Where the model's gates have thresholds, a neuron whose activated
 * gate is below counts as zero, token by token; a step of one token does not read its weights.
 */
final class DenseFeedForward implements FeedForward {
  private final Optional<Linear> gate;
  private final Linear up;
  private final Linear down;
  private final Activation activation;

  /** Hidden rows: of the gate, where there is one, and then what goes down. */
  private final StepRows hidden;

  private final StepRows upward;

  private final List<Linear> gateAndUp;
  private final Elementwise elementwise;
  private final GateUse gates;
  private final int network;
  private final Optional<SparseNetwork> sparse;
  private final InputFinish activate = this::activate;
  private final InputFinish activateGate = this::activateGate;

  /** Hidden and upward rows, once they have their final length. */
  private List<float[]> hiddenRows = List.of();

  DenseFeedForward(FeedForwardSpec spec, Assembly assembly) {
    gate = spec.gate().map(assembly::linear);
    up = assembly.linear(spec.up());
    down = assembly.linear(spec.down());
    activation = spec.activation();
    gateAndUp = gate.map(g -> List.of(g, up)).orElse(List.of(up));
    elementwise = assembly.arithmetic().elementwise();
    hidden = assembly.rows("hidden", up.rows());
    upward = assembly.rows("upward", gate.isPresent() ? up.rows() : 0);
    gates = assembly.gates();
    network = assembly.nextGatedNetwork();
    sparse =
        switch (gates) {
          case GateUse.AllOpen _ -> Optional.empty();
          case GateMagnitudes magnitudes -> {
            magnitudes.add();
            yield Optional.empty();
          }
          case GateThresholds _ ->
              assembly
                  .arithmetic()
                  .sparse(spec.up().weight(), spec.up().bias(), spec.down().weight());
        };
  }

  @Override
  public void apply(Step step, float[] x, int rows, float[] out) {
    step.input(x, rows, up.columns());
    if (gate.isPresent() && rows == 1 && sparse.isPresent() && !step.adapters().any()) {
      gate.get().apply(hidden.values());
      applySparse(sparse.get(), (GateThresholds) gates, x, out);
      return;
    }
    if (gate.isPresent()) {
      if (hiddenRows.isEmpty()) {
        hiddenRows = List.of(hidden.values(), upward.values());
      }
      Linear.applyAll(gateAndUp, hiddenRows);
    } else {
      up.apply(hidden.values());
    }
    step.input(hidden.values(), rows, down.columns(), activate);
    down.apply(out);
  }

  /** For one token whose gates are there, without the neurons whose gates are shut. */
  private void applySparse(
      SparseNetwork matrices, GateThresholds thresholds, float[] x, float[] out) {
    float threshold = thresholds.of(network);
    long skipped = matrices.apply(x, hidden.values(), activateGate, threshold, out);
    thresholds.count(up.rows(), skipped);
    down.addBias(out, 0, 1);
  }

  private void activateGate(int row, int from, int to, int worker) {
    int first = row * up.rows();
    elementwise.activate(activation, hidden.values(), first + from, first + to, worker);
  }

  private void activate(int row, int from, int to, int worker) {
    int first = row * up.rows() + from;
    int end = row * up.rows() + to;
    if (gate.isEmpty()) {
      elementwise.activate(activation, hidden.values(), first, end, worker);
      return;
    }
    switch (gates) {
      case GateUse.AllOpen _ ->
          elementwise.gate(activation, hidden.values(), upward.values(), first, end, worker);
      case GateThresholds thresholds ->
          elementwise.gateAbove(
              activation,
              hidden.values(),
              upward.values(),
              thresholds.of(network),
              first,
              end,
              worker);
      case GateMagnitudes magnitudes -> {
        elementwise.activate(activation, hidden.values(), first, end, worker);
        magnitudes.count(network, hidden.values(), first, end);
        multiply(hidden.values(), upward.values(), first, end);
      }
    }
  }

  private static void multiply(float[] gates, float[] up, int from, int end) {
    for (int i = from; i < end; i++) {
      gates[i] *= up[i];
    }
  }
}
