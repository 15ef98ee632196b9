package dev.flyball.engine.model.family;

import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;

/**
 * Phi-3, 3.5 and 4 (arXiv:2404.14219): as Llama, with one matrix for queries, keys and values and
 * one for gate and up. Positions may be stretched by LongRoPE. The key {@code sliding_window} is
 * not heeded, as in llama.cpp.
 */
final class Phi3Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("phi3");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    RotaryAttention attention = RotaryAttention.read(source, RopePairs.HALVES);
    return source.decoder(
        layer ->
            TransformerLayer.preNorm(
                layer, attention.of(layer).read(), FeedForwardSpec.fused(layer, Activation.SILU)));
  }
}
