package dev.flyball.engine.model.family;

import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting;
import dev.flyball.engine.model.experts.MixtureSpec;
import java.util.List;

/**
 * Hunyuan, dense or a mixture of experts with a shared one (arXiv:2411.02265): as Llama, with
 * queries and keys normed head by head behind their rotation.
 */
final class HunyuanFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("hunyuan-dense", "hunyuan-moe");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    RotaryAttention attention = RotaryAttention.read(source, RopePairs.HALVES);
    return source.decoder(
        layer ->
            TransformerLayer.preNorm(
                layer, attention.of(layer).headNormsOfRotated().read(), feedForward(layer)));
  }

  private static MixerSpec[] feedForward(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    if (keys.countOrNone("expert_count") == 0) {
      return new MixerSpec[] {FeedForwardSpec.gated(layer, Activation.SILU)};
    }
    int hidden = keys.count("expert_feed_forward_length");
    int shared = keys.countOrNone("expert_shared_feed_forward_length");
    return new MixerSpec[] {
      MixtureSpec.read(layer, ExpertRouting.read(keys), hidden, Activation.SILU),
      FeedForwardSpec.gated(
          layer,
          "_shexp",
          shared == 0 ? keys.count("feed_forward_length") : shared,
          Activation.SILU)
    };
  }
}
