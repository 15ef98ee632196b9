package dev.flyball.engine.model.family;

import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;

/**
 * StableLM 2 (arXiv:2402.17834): layer norms, a part of each head rotated; where a layer has no
 * second norm, attention and feed forward network are a parallel block.
 */
final class StableLmFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("stablelm");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    RotaryAttention attention = RotaryAttention.read(source, RopePairs.HALVES);
    return source.decoder(
        source.branches(layer -> branches(layer, attention.of(layer).read())),
        source.root().layerNorm("output_norm"));
  }

  private static List<BranchSpec> branches(TensorGroup layer, MixerSpec attention) {
    MixerSpec network = FeedForwardSpec.gated(layer, Activation.SILU);
    NormSpec norm = layer.layerNorm("attn_norm");
    return layer.has("ffn_norm.weight")
        ? List.of(
            BranchSpec.preNorm(norm, attention),
            BranchSpec.preNorm(layer.layerNorm("ffn_norm"), network))
        : List.of(BranchSpec.preNorm(norm, attention, network));
  }
}
