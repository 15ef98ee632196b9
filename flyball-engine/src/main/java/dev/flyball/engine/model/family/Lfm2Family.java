package dev.flyball.engine.model.family;

import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.LayerKinds;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting;
import dev.flyball.engine.model.experts.MixtureSpec;
import dev.flyball.engine.model.recurrent.ShortConvolutionSpec;
import java.util.List;

/**
 * LFM2 and LFM2.5 (arXiv:2511.23404), dense or, behind their first layers, a mixture of experts:
 * most layers mix tokens by a gated short convolution, the others by attention with normed heads.
 */
final class Lfm2Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("lfm2", "lfm2moe");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    LayerKinds kinds = LayerKinds.read(source);
    RotaryAttention attention = RotaryAttention.read(source, kinds.attention(), RopePairs.HALVES);
    return source.decoder(
        source.branches(
            layer ->
                TransformerLayer.preNorm(
                    layer,
                    kinds.isAttention(layer.index())
                        ? attention.of(layer).headNorms().read()
                        : ShortConvolutionSpec.read(layer),
                    network(layer))),
        source.root().rmsNorm("token_embd_norm"));
  }

  private static MixerSpec network(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    boolean dense =
        keys.countOrNone("expert_count") == 0
            || layer.index() < keys.countOrNone("leading_dense_block_count");
    if (dense) {
      return FeedForwardSpec.gated(layer, Activation.SILU);
    }
    ExpertRouting routing = ExpertRouting.readWeighing(keys, ExpertRouting.Weighing.SIGMOID);
    return MixtureSpec.read(
        layer,
        routing
            .weighing(routing.weighing(), true, 1)
            .choiceBias(layer.vector("exp_probs_b.bias", routing.experts())),
        keys.count("expert_feed_forward_length"),
        Activation.SILU);
  }
}
