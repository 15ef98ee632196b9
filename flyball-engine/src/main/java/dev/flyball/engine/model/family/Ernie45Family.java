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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * ERNIE 4.5: as Llama; of the larger ones, layers behind the first have a mixture of experts with
 * shared ones. Experts are weighed by softmax to a sum of 1, whatever the keys say, as in
 * llama.cpp.
 */
final class Ernie45Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("ernie4_5", "ernie4_5-moe");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    RotaryAttention attention = RotaryAttention.read(source, RopePairs.ADJACENT);
    return source.decoder(
        layer -> TransformerLayer.preNorm(layer, attention.of(layer).read(), feedForward(layer)));
  }

  private static MixerSpec[] feedForward(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    boolean mixed =
        keys.countOrNone("expert_count") > 0
            && layer.index() >= keys.countOrNone("leading_dense_block_count")
            && (layer.index() + 1) % keys.count("interleave_moe_layer_step", 1) == 0;
    if (!mixed) {
      return new MixerSpec[] {FeedForwardSpec.gated(layer, Activation.SILU)};
    }
    ExpertRouting routing = ExpertRouting.read(keys);
    Optional<float[]> bias = layer.findVector("exp_probs_b.bias", routing.experts());
    List<MixerSpec> mixers = new ArrayList<>();
    mixers.add(
        MixtureSpec.read(
            layer,
            bias.map(routing::choiceBias).orElse(routing),
            keys.count("expert_feed_forward_length"),
            Activation.SILU));
    int shared = keys.countOrNone("expert_shared_feed_forward_length");
    if (shared > 0) {
      mixers.add(FeedForwardSpec.gated(layer, "_shexp", shared, Activation.SILU));
    }
    return mixers.toArray(MixerSpec[]::new);
  }
}
