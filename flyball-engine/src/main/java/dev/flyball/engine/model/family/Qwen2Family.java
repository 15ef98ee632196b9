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
 * Qwen2 and Qwen2.5, dense (arXiv:2407.10671): as Llama, with biases on queries, keys and values.
 */
final class Qwen2Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("qwen2");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    AttentionShape shape = source.attentionShape();
    RopeSpec rope = RopeSpec.read(source, RopePairs.HALVES, shape.keyLength());
    int hidden = source.keys().count("feed_forward_length");
    return source.decoder(
        source.branches(
            layer ->
                List.of(
                    BranchSpec.preNorm(
                        layer.rmsNorm("attn_norm"),
                        AttentionSpec.of(layer, shape).rope(rope).read()),
                    BranchSpec.preNorm(
                        layer.rmsNorm("ffn_norm"),
                        FeedForwardSpec.gated(layer, hidden, Activation.SILU)))),
        source.root().rmsNorm("output_norm"));
  }
}
