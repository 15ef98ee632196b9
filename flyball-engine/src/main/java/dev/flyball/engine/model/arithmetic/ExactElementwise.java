package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.WeightedRows;

/** Element-wise operations in plain Java. */
final class ExactElementwise implements Elementwise {
  @Override
  public Norm norm(NormSpec spec) {
    return new ExactNorm(spec);
  }

  @Override
  public Rotation rotation(RopePairs pairing, int pairs) {
    return new ExactRotation(pairing, pairs);
  }

  @Override
  public void activate(Activation activation, float[] x, int from, int end, int worker) {
    activation.curve().apply(x, from, end);
  }

  @Override
  public void gate(Activation activation, float[] gate, float[] up, int from, int end, int worker) {
    activation.curve().gate(gate, up, from, end);
  }

  @Override
  public void gateAbove(
      Activation activation,
      float[] gate,
      float[] up,
      float threshold,
      int from,
      int end,
      int worker) {
    activation.curve().gateAbove(gate, up, threshold, from, end);
  }

  @Override
  public void addWeighted(
      float[] rows,
      int[] places,
      float[] weights,
      int first,
      int end,
      float[] sums,
      int to,
      int length,
      int worker) {
    WeightedRows.add(rows, places, weights, first, end, sums, to, 0, length);
  }
}
