package dev.flyball.engine.model.family;

import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;

/**
 * OLMo 1 (arXiv:2402.00838): layer norms without weights; queries, keys and values may be clamped.
 */
final class OlmoFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("olmo");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    RotaryAttention attention = RotaryAttention.read(source, RopePairs.ADJACENT);
    double clamp = source.keys().number("attention.clamp_kqv", 0);
    NormSpec norm = source.root().layerNorm();
    return source.decoder(
        source.branches(
            layer ->
                List.of(
                    BranchSpec.preNorm(norm, attention.of(layer).clamp(clamp).read()),
                    BranchSpec.preNorm(norm, FeedForwardSpec.gated(layer, Activation.SILU)))),
        norm);
  }
}
