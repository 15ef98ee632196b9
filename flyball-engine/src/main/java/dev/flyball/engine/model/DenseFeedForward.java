package dev.flyball.engine.model;

import java.util.List;

/** {@code down @ (silu(gate @ x) * (up @ x))}, arXiv:2002.05202. */
record DenseFeedForward(Linear gate, Linear up, Linear down, Scratch scratch)
    implements FeedForward {
  /** Values that one piece of the element-wise part has. */
  private static final int VALUES_PER_PIECE = 4096;

  /** Room for the hidden rows of a step, shared by the layers of a model. */
  static final class Scratch {
    private final float[] gated;
    private final float[] upward;

    Scratch(int maxTokens, int hiddenColumns) {
      gated = new float[Math.multiplyExact(maxTokens, hiddenColumns)];
      upward = new float[Math.multiplyExact(maxTokens, hiddenColumns)];
    }
  }

  @Override
  public void apply(Step step, float[] x, int tokens, float[] out) {
    step.input(x, tokens, gate.columns());
    Linear.applyAll(List.of(gate, up), List.of(scratch.gated, scratch.upward));
    multiplyByGate(step, tokens * gate.rows());
    step.input(scratch.gated, tokens, down.columns());
    down.apply(out);
  }

  private void multiplyByGate(Step step, int values) {
    step.team()
        .run(
            Math.ceilDiv(values, VALUES_PER_PIECE),
            (piece, worker) -> {
              int first = piece * VALUES_PER_PIECE;
              int end = Math.min(values, first + VALUES_PER_PIECE);
              step.arithmetic().gate(scratch.gated, scratch.upward, first, end, worker);
            });
  }
}
