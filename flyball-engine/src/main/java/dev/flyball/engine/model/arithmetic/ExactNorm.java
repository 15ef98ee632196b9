package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.LayerNorm;
import dev.flyball.kernels.RmsNorm;

/** A norm in plain Java, summed in F64. */
final class ExactNorm implements Elementwise.Norm {
  /** Where it begins in {@code x} and {@code out}. */
  private interface Row {
    void apply(float[] x, float[] out, int offset);
  }

  private final int length;
  private final Row norm;

  ExactNorm(NormSpec spec) {
    length = spec.length();
    norm =
        switch (spec) {
          case NormSpec.Rms rms ->
              (x, out, at) -> RmsNorm.apply(x, at, rms.weight(), rms.epsilon(), out, at);
          case NormSpec.Layer layer -> layerNorm(layer, layer.bias().orElse(new float[length]));
        };
  }

  private static Row layerNorm(NormSpec.Layer spec, float[] bias) {
    return (x, out, at) -> LayerNorm.apply(x, at, spec.weight(), bias, spec.epsilon(), out, at);
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void apply(float[] x, int row, float[] out, int worker) {
    norm.apply(x, out, row * length);
  }

  @Override
  public void addAndApply(float[] x, float[] delta, int row, float[] out, int worker) {
    int offset = row * length;
    for (int i = offset; i < offset + length; i++) {
      x[i] += delta[i];
    }
    norm.apply(x, out, offset);
  }
}
