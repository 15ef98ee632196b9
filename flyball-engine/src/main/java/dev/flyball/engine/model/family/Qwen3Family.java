package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting;
import dev.flyball.engine.model.experts.MixtureSpec;
import java.util.List;

/**
 * Qwen3 (arXiv:2505.09388), dense or a mixture of experts, and the text part of Qwen3-VL
 * (arXiv:2511.21631): as Llama, with queries and keys normed head by head.
 */
final class Qwen3Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("qwen3", "qwen3moe", "qwen3vl", "qwen3vlmoe");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    AttentionShape shape = source.attentionShape();
    boolean hasSections = source.keys().has("rope.dimension_sections");
    RopeSpec rope =
        hasSections
            ? RopeSpec.readInterleaved(source, shape.keyLength())
            : RopeSpec.read(source, RopePairs.HALVES, shape.keyLength());
    return source.decoder(
        layer ->
            TransformerLayer.preNorm(
                layer,
                AttentionSpec.of(layer, shape).headNorms().rope(rope).read(),
                feedForward(layer)));
  }

  private static MixerSpec feedForward(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    if (keys.countOrNone("expert_count") == 0) {
      return FeedForwardSpec.gated(layer, Activation.SILU);
    }
    int hidden = keys.count("expert_feed_forward_length");
    return MixtureSpec.read(layer, ExpertRouting.read(keys), hidden, Activation.SILU);
  }
}
