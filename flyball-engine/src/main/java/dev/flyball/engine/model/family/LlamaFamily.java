package dev.flyball.engine.model.family;

import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.Reach;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting;
import dev.flyball.engine.model.experts.MixtureSpec;
import java.util.List;

/**
 * Llama (arXiv:2302.13971, arXiv:2407.21783), Mistral, Mixtral (arXiv:2401.04088) and all others
 * whose files say {@code llama}: pre-norm blocks of rotary attention and SwiGLU, or of a mixture of
 * experts.
 */
final class LlamaFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("llama");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    Reach reach = Reach.window(source.keys().countOrNone("attention.sliding_window"));
    RotaryAttention attention =
        RotaryAttention.read(source, source.attentionShape().reaching(reach), RopePairs.ADJACENT);
    return source.decoder(
        layer -> TransformerLayer.preNorm(layer, attention.of(layer).read(), feedForward(layer)));
  }

  private static MixerSpec feedForward(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    if (keys.countOrNone("expert_count") == 0) {
      return FeedForwardSpec.gated(layer, Activation.SILU);
    }
    int hidden = keys.count("feed_forward_length");
    return MixtureSpec.read(layer, ExpertRouting.read(keys), hidden, Activation.SILU);
  }
}
