package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.Elementwise;
import java.util.Optional;

/** A network between norms; see {@link NormedSpec}. */
final class NormedMixer implements Mixer {
  private final Optional<Elementwise.Norm> before;
  private final Mixer network;
  private final Elementwise.Norm after;
  private final StepRows normed;

  NormedMixer(NormedSpec spec, Assembly assembly) {
    before = spec.before().map(assembly::norm);
    network = spec.network().assemble(assembly);
    after = assembly.norm(spec.after());
    normed = assembly.rows("normed for a network", before.isPresent() ? after.length() : 0);
  }

  @Override
  public void apply(Step step, float[] x, float[] out) {
    float[] input = x;
    if (before.isPresent()) {
      step.normalise(x, step.tokens(), before.get(), normed.values());
      input = normed.values();
    }
    network.apply(step, input, out);
    step.normalise(out, step.tokens(), after, out);
  }

  @Override
  public boolean mixesTokens() {
    return network.mixesTokens();
  }
}
