package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.Activation;

/** Adds a layer's own embeddings of a step's tokens; see {@link PerLayerMixerSpec}. */
final class PerLayerMixer implements Mixer {
  private final PerLayerInputs inputs;
  private final int layer;
  private final Linear gate;
  private final Linear up;
  private final StepRows gated;

  PerLayerMixer(PerLayerMixerSpec spec, Assembly assembly) {
    inputs = assembly.perLayerInputs(spec.inputs());
    layer = spec.layer();
    gate = assembly.linear(spec.gate());
    up = assembly.linear(spec.up());
    gated = assembly.rows("gated input of a layer", gate.rows());
  }

  @Override
  public void apply(Step step, float[] x, float[] out) {
    step.input(x, step.tokens(), gate.columns());
    gate.apply(gated.values());
    int length = gate.rows();
    for (int t = 0; t < step.tokens(); t++) {
      step.arithmetic()
          .elementwise()
          .activate(Activation.GELU, gated.values(), t * length, (t + 1) * length, 0);
      inputs.multiply(step, t, layer, gated.values(), t * length);
    }
    step.input(gated.values(), step.tokens(), length);
    up.apply(out);
  }

  @Override
  public boolean mixesTokens() {
    return false;
  }
}
