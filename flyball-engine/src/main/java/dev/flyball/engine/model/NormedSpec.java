package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.NormSpec;
import java.util.Optional;

/**
 * A feed forward network with norms of its own, where several of a branch have different ones:
 * {@code after(network(before(x)))}.
 *
 * @param before nothing: the network gets the mixer's input
 */
public record NormedSpec(Optional<NormSpec> before, MixerSpec network, NormSpec after)
    implements MixerSpec {
  @Override
  public int maxColumns() {
    return network.maxColumns();
  }

  @Override
  public long scratchValuesPerToken() {
    return network.scratchValuesPerToken() + after.length();
  }

  @Override
  public ExpertOutline expertOutline() {
    return network.expertOutline();
  }

  @Override
  public Mixer assemble(Assembly assembly) {
    return new NormedMixer(this, assembly);
  }

  @Override
  public MixerSpec innermost() {
    return network.innermost();
  }
}
