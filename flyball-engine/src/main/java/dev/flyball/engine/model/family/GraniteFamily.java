package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.LayerKinds;
import dev.flyball.engine.model.LogitRule;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting;
import dev.flyball.engine.model.experts.MixtureSpec;
import dev.flyball.engine.model.recurrent.Mamba2Spec;
import java.util.List;

/**
 * Granite 3 and 4: as Llama, with factors on embedding, residual branches, attention and logits; a
 * mixture of experts may have a shared expert beside it. Of the hybrid ones, most layers have
 * Mamba-2 in place of attention.
 */
final class GraniteFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("granite", "granitemoe", "granitehybrid");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    HyperParameters keys = source.keys();
    LayerKinds kinds = LayerKinds.read(source);
    AttentionShape shape = kinds.attention();
    RopeSpec rope = RopeSpec.read(source, RopePairs.ADJACENT, shape.keyLength());
    float residual = (float) keys.positive("residual_scale", 1);
    return source
        .decoder(
            layer ->
                List.of(
                    BranchSpec.preNorm(
                            layer.rmsNorm("attn_norm"),
                            kinds.isAttention(layer.index())
                                ? attention(layer, shape, rope)
                                : Mamba2Spec.read(layer))
                        .scaled(residual),
                    feedForward(layer).scaled(residual)))
        .embeddingScale(keys.positive("embedding_scale", 1))
        .logits(LogitRule.scaled(1 / keys.positive("logit_scale", 1)));
  }

  /** {@code rope.scaling.finetuned} says whether positions are encoded at all. */
  private static MixerSpec attention(TensorGroup layer, AttentionShape shape, RopeSpec rope) {
    HyperParameters keys = layer.source().keys();
    AttentionSpec.Reader attention =
        AttentionSpec.of(layer, shape)
            .scale(keys.positive("attention.scale", 1 / Math.sqrt(shape.keyLength())));
    return keys.flag("rope.scaling.finetuned", true)
        ? attention.rope(rope).read()
        : attention.read();
  }

  private static BranchSpec feedForward(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    NormSpec norm = layer.rmsNorm("ffn_norm");
    if (keys.countOrNone("expert_count") == 0) {
      return BranchSpec.preNorm(norm, FeedForwardSpec.gated(layer, Activation.SILU));
    }
    int hidden = keys.count("feed_forward_length");
    MixerSpec experts = MixtureSpec.read(layer, ExpertRouting.read(keys), hidden, Activation.SILU);
    int shared = keys.countOrNone("expert_shared_feed_forward_length");
    return shared == 0
        ? BranchSpec.preNorm(norm, experts)
        : BranchSpec.preNorm(
            norm, experts, FeedForwardSpec.gated(layer, "_shexp", shared, Activation.SILU));
  }
}
