package dev.flyball.engine.model.family;

import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;

/**
 * GLM-4 (arXiv:2406.12793, in its version of 2025): norms before and behind attention and feed
 * forward network, half of each head rotated, one matrix for gate and up.
 */
final class Glm4Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("glm4");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    RotaryAttention attention = RotaryAttention.read(source, RopePairs.ADJACENT);
    return source.decoder(
        layer ->
            TransformerLayer.normedAround(
                layer, attention.of(layer).read(), FeedForwardSpec.fused(layer, Activation.SILU)));
  }
}
