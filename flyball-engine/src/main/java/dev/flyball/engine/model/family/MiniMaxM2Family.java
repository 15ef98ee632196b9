package dev.flyball.engine.model.family;

import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting;
import dev.flyball.engine.model.experts.ExpertRouting.Weighing;
import dev.flyball.engine.model.experts.MixtureSpec;
import java.util.List;

/**
 * MiniMax M2: queries and keys normed over all heads, a part of each head rotated, a mixture of
 * experts chosen with a bias in every layer.
 */
final class MiniMaxM2Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("minimax-m2");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    RotaryAttention attention = RotaryAttention.read(source, RopePairs.HALVES);
    return source.decoder(
        layer ->
            TransformerLayer.preNorm(layer, attention.of(layer).rowNorms().read(), experts(layer)));
  }

  private static MixerSpec experts(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    ExpertRouting routing = ExpertRouting.readWeighing(keys, Weighing.SIGMOID);
    double scale = keys.number("expert_weights_scale", 0);
    return MixtureSpec.read(
        layer,
        routing
            .weighing(routing.weighing(), true, scale == 0 ? 1 : scale)
            .choiceBias(layer.vector("exp_probs_b.bias", routing.experts())),
        keys.count("expert_feed_forward_length"),
        Activation.SILU);
  }
}
