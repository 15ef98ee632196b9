package dev.flyball.engine.model.family;

import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;

/**
 * Seed-OSS: as Llama, with biases on queries, keys and values, and heads that are not as wide as
 * their number would have it.
 */
final class SeedOssFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("seed_oss");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    RotaryAttention attention = RotaryAttention.read(source, RopePairs.HALVES);
    return source.decoder(
        layer ->
            TransformerLayer.preNorm(
                layer,
                "post_attention_norm",
                attention.of(layer).read(),
                FeedForwardSpec.gated(layer, Activation.SILU)));
  }
}
