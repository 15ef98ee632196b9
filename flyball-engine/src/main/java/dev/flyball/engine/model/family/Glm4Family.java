package dev.flyball.engine.model.family;

import dev.flyball.engine.model.Activation;
import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.RopePairs;
import dev.flyball.engine.model.RopeSpec;
import java.util.List;

/**
 * GLM-4 (arXiv:2406.12793, in its version of 2025): norms before and behind attention and feed
 * forward network, half of each head rotated, one matrix for gate and up.
 */
final class Glm4Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("glm4");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    AttentionShape shape = source.attentionShape();
    RopeSpec rope = RopeSpec.read(source, RopePairs.ADJACENT, shape.keyLength());
    int hidden = source.keys().count("feed_forward_length");
    return source.decoder(
        source.branches(
            layer ->
                List.of(
                    BranchSpec.preNorm(
                            layer.rmsNorm("attn_norm"),
                            AttentionSpec.of(layer, shape).rope(rope).read())
                        .thenNorm(layer.rmsNorm("post_attention_norm")),
                    BranchSpec.preNorm(
                            layer.rmsNorm("ffn_norm"),
                            FeedForwardSpec.fused(layer, hidden, Activation.SILU))
                        .thenNorm(layer.rmsNorm("post_ffw_norm")))),
        source.root().rmsNorm("output_norm"));
  }
}
