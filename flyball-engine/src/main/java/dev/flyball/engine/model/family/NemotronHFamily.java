package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.LayerKinds;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.experts.ExpertRouting;
import dev.flyball.engine.model.experts.MixtureSpec;
import dev.flyball.engine.model.recurrent.Mamba2Spec;
import java.util.List;

/**
 * Nemotron-H (arXiv:2504.03624) and Nemotron 3 Nano (arXiv:2512.20848): a layer is one branch,
 * either Mamba-2, attention without positions, or a feed forward network without gate, which may be
 * a mixture of experts with a shared one.
 */
final class NemotronHFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("nemotron_h", "nemotron_h_moe");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    LayerKinds kinds = LayerKinds.read(source);
    int[] hidden = source.keys().eachLayer("feed_forward_length", source.config().layers());
    return source.decoder(
        layer ->
            List.of(
                BranchSpec.preNorm(
                    layer.rmsNorm("attn_norm"), mixers(layer, kinds, hidden[layer.index()]))));
  }

  private static MixerSpec[] mixers(TensorGroup layer, LayerKinds kinds, int hidden) {
    if (hidden == 0) {
      return new MixerSpec[] {
        kinds.isAttention(layer.index())
            ? AttentionSpec.of(layer, kinds.attention()).read()
            : Mamba2Spec.read(layer)
      };
    }
    return layer.source().keys().countOrNone("expert_count") == 0
        ? new MixerSpec[] {FeedForwardSpec.ungated(layer, hidden, Activation.RELU_SQUARED)}
        : experts(layer);
  }

  private static MixerSpec[] experts(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    ExpertRouting routing = ExpertRouting.readWeighing(keys, ExpertRouting.Weighing.SIGMOID);
    return new MixerSpec[] {
      MixtureSpec.readUngated(
          layer,
          routing.choiceBias(layer.vector("exp_probs_b.bias", routing.experts())),
          keys.count("expert_feed_forward_length"),
          Activation.RELU_SQUARED),
      FeedForwardSpec.ungated(
          layer, "_shexp", keys.count("expert_shared_feed_forward_length"), Activation.RELU_SQUARED)
    };
  }
}
