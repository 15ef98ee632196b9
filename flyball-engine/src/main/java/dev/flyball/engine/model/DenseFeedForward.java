package dev.flyball.engine.model;

import java.util.List;
import java.util.Optional;

/**
 * {@code down @ (activation(gate @ x) * (up @ x))} (arXiv:2002.05202), or, without a gate, {@code
 * down @ activation(up @ x)}.
 */
final class DenseFeedForward implements FeedForward {
  /** Values that one piece of the element-wise part has. */
  private static final int VALUES_PER_PIECE = 4096;

  private final Optional<Linear> gate;
  private final Linear up;
  private final Linear down;
  private final Activation activation;

  /** Hidden rows: of the gate, where there is one, and then what goes down. */
  private final StepRows hidden;

  private final StepRows upward;

  DenseFeedForward(FeedForwardSpec spec, Assembly assembly) {
    gate = spec.gate().map(assembly::linear);
    up = assembly.linear(spec.up());
    down = assembly.linear(spec.down());
    activation = spec.activation();
    hidden = assembly.rows("hidden", up.rows());
    upward = assembly.rows("upward", gate.isPresent() ? up.rows() : 0);
  }

  @Override
  public void apply(Step step, float[] x, int rows, float[] out) {
    step.input(x, rows, up.columns());
    if (gate.isPresent()) {
      Linear.applyAll(List.of(gate.get(), up), List.of(hidden.values(), upward.values()));
    } else {
      up.apply(hidden.values());
    }
    activate(step, rows * up.rows());
    step.input(hidden.values(), rows, down.columns());
    down.apply(out);
  }

  private void activate(Step step, int values) {
    step.team()
        .run(
            Math.ceilDiv(values, VALUES_PER_PIECE),
            (piece, worker) -> {
              int first = piece * VALUES_PER_PIECE;
              int end = Math.min(values, first + VALUES_PER_PIECE);
              if (gate.isPresent()) {
                step.arithmetic()
                    .gate(activation, hidden.values(), upward.values(), first, end, worker);
              } else {
                activation.apply(hidden.values(), first, end);
              }
            });
  }
}
