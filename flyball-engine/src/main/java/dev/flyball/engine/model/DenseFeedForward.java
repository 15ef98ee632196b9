package dev.flyball.engine.model;

import dev.flyball.kernels.SwiGlu;

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
    step.pack(x, tokens, gate.columns());
    gate.apply(step, scratch.gated);
    up.apply(step, scratch.upward);
    multiplyByGate(step, tokens * gate.rows());
    step.pack(scratch.gated, tokens, down.columns());
    down.apply(step, out);
  }

  private void multiplyByGate(Step step, int values) {
    step.team()
        .run(
            Math.ceilDiv(values, VALUES_PER_PIECE),
            (piece, _) -> {
              int first = piece * VALUES_PER_PIECE;
              int count = Math.min(VALUES_PER_PIECE, values - first);
              SwiGlu.apply(scratch.gated, scratch.upward, first, count);
            });
  }
}
