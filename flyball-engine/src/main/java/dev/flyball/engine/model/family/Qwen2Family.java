package dev.flyball.engine.model.family;

import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;

/**
 * Qwen2 and Qwen2.5, dense (arXiv:2407.10671): as Llama, with biases on queries, keys and values.
 */
final class Qwen2Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("qwen2");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    RotaryAttention attention = RotaryAttention.read(source, RopePairs.HALVES);
    return source.decoder(
        layer ->
            TransformerLayer.preNorm(
                layer, attention.of(layer).read(), FeedForwardSpec.gated(layer, Activation.SILU)));
  }
}
