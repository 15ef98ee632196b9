package dev.flyball.engine.model;

import dev.flyball.kernels.matmul.InputFinish;
import java.util.List;
import java.util.Optional;

/**
 * {@code down @ (activation(gate @ x) * (up @ x))} (arXiv:2002.05202), or, without a gate, {@code
 * down @ activation(up @ x)}.
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
  private final Arithmetic arithmetic;
  private final InputFinish activate = this::activate;

  /** Hidden and upward rows, once they have their final length. */
  private List<float[]> hiddenRows = List.of();

  DenseFeedForward(FeedForwardSpec spec, Assembly assembly) {
    gate = spec.gate().map(assembly::linear);
    up = assembly.linear(spec.up());
    down = assembly.linear(spec.down());
    activation = spec.activation();
    gateAndUp = gate.map(g -> List.of(g, up)).orElse(List.of(up));
    arithmetic = assembly.arithmetic();
    hidden = assembly.rows("hidden", up.rows());
    upward = assembly.rows("upward", gate.isPresent() ? up.rows() : 0);
  }

  @Override
  public void apply(Step step, float[] x, int rows, float[] out) {
    step.input(x, rows, up.columns());
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

  private void activate(int row, int from, int to, int worker) {
    int first = row * up.rows() + from;
    int end = row * up.rows() + to;
    if (gate.isPresent()) {
      arithmetic.gate(activation, hidden.values(), upward.values(), first, end, worker);
    } else {
      arithmetic.activate(activation, hidden.values(), first, end, worker);
    }
  }
}
