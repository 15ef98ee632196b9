package dev.flyball.engine.model.family;

import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;

/**
 * StarCoder2 (arXiv:2402.19173): layer norms, biases everywhere, a feed forward network without
 * gate. The window that it was trained with is not heeded, as in llama.cpp.
 */
final class StarCoder2Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("starcoder2");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    RotaryAttention attention = RotaryAttention.read(source, RopePairs.HALVES);
    return source.decoder(
        source.branches(
            layer ->
                List.of(
                    BranchSpec.preNorm(layer.layerNorm("attn_norm"), attention.of(layer).read()),
                    BranchSpec.preNorm(
                        layer.layerNorm("ffn_norm"),
                        FeedForwardSpec.ungated(layer, Activation.GELU)))),
        source.root().layerNorm("output_norm"));
  }
}
