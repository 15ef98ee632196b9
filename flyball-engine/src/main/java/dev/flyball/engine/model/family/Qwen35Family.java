package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting;
import dev.flyball.engine.model.experts.MixtureSpec;
import dev.flyball.engine.model.experts.TokenGateSpec;
import dev.flyball.engine.model.recurrent.GatedDeltaNetSpec;
import java.util.List;

/**
 * Qwen3-Next and Qwen3.5, dense or a mixture of experts with a gated shared one: most layers mix
 * tokens by a gated delta net, every fourth by gated attention over all of them.
 */
final class Qwen35Family implements ModelFamily {
  private static final String INTERVAL = "full_attention_interval";
  private static final int USUAL_INTERVAL = 4;

  @Override
  public List<String> architectures() {
    return List.of("qwen3next", "qwen35", "qwen35moe");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    HyperParameters keys = source.keys();
    if (keys.countOrNone("nextn_predict_layers") > 0) {
      throw keys.unsupported("nextn_predict_layers", "is not 0; layers that guess are not known");
    }
    AttentionShape shape = source.attentionShape();
    RopeSpec rope =
        keys.has("rope.dimension_sections")
            ? RopeSpec.readInterleaved(source, shape.keyLength())
            : RopeSpec.read(source, RopePairs.HALVES, shape.keyLength());
    int interval = keys.count(INTERVAL, USUAL_INTERVAL);
    return source.decoder(
        layer ->
            List.of(
                BranchSpec.preNorm(
                    layer.rmsNorm("attn_norm"),
                    (layer.index() + 1) % interval == 0
                        ? AttentionSpec.of(layer, shape).headNorms().rope(rope).gated().read()
                        : deltaNet(layer)),
                feedForward(layer)));
  }

  /** Qwen3-Next's files have one matrix for both rates; value heads follow one another then. */
  private static MixerSpec deltaNet(TensorGroup layer) {
    return layer.has("ssm_ba.weight")
        ? GatedDeltaNetSpec.readGrouped(layer)
        : GatedDeltaNetSpec.read(layer);
  }

  private static BranchSpec feedForward(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    NormSpec norm = layer.rmsNorm("post_attention_norm");
    if (keys.countOrNone("expert_count") == 0) {
      return BranchSpec.preNorm(norm, FeedForwardSpec.gated(layer, Activation.SILU));
    }
    int hidden = keys.count("expert_feed_forward_length");
    MixerSpec experts = MixtureSpec.read(layer, ExpertRouting.read(keys), hidden, Activation.SILU);
    int shared = keys.countOrNone("expert_shared_feed_forward_length");
    return shared == 0
        ? BranchSpec.preNorm(norm, experts)
        : BranchSpec.preNorm(norm, experts, TokenGateSpec.sharedExpert(layer, shared));
  }
}
