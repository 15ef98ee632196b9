package dev.flyball.engine.model;

import dev.flyball.kernels.RmsNorm;

/** A norm in plain Java, squares summed in F64. */
@SuppressWarnings("ArrayRecordComponent") // never compared; written once
record ExactNorm(float[] weight, double epsilon) implements Arithmetic.Norm {
  @Override
  public int length() {
    return weight.length;
  }

  @Override
  public void apply(float[] x, int row, float[] out, int worker) {
    int offset = row * weight.length;
    RmsNorm.apply(x, offset, weight, epsilon, out, offset);
  }

  @Override
  public void addAndApply(float[] x, float[] delta, int row, float[] out, int worker) {
    int offset = row * weight.length;
    for (int i = offset; i < offset + weight.length; i++) {
      x[i] += delta[i];
    }
    RmsNorm.apply(x, offset, weight, epsilon, out, offset);
  }
}
