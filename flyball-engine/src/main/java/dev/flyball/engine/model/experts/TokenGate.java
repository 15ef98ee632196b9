package dev.flyball.engine.model.experts;

import dev.flyball.engine.model.Assembly;
import dev.flyball.engine.model.FeedForward;
import dev.flyball.engine.model.Step;

/** {@code logistic(weight . x) * network(x)}. */
final class TokenGate implements FeedForward {
  private final float[] weight;
  private final FeedForward network;

  TokenGate(TokenGateSpec spec, Assembly assembly) {
    weight = spec.weight();
    network = spec.network().assemble(assembly);
  }

  @Override
  public void apply(Step step, float[] x, int rows, float[] out) {
    network.apply(step, x, rows, out);
    int columns = weight.length;
    for (int t = 0; t < rows; t++) {
      float factor = gate(x, t * columns);
      for (int i = t * columns; i < (t + 1) * columns; i++) {
        out[i] *= factor;
      }
    }
  }

  private float gate(float[] x, int at) {
    double sum = 0;
    for (int i = 0; i < weight.length; i++) {
      sum += (double) weight[i] * x[at + i];
    }
    return (float) (1 / (1 + Math.exp(-sum)));
  }
}
