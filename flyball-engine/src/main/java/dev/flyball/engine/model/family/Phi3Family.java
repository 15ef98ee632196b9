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
 * Phi-3, 3.5 and 4 (arXiv:2404.14219): as Llama, with one matrix for queries, keys and values and
 * one for gate and up. Positions may be stretched by LongRoPE. The key {@code sliding_window} is
 * not heeded, as in llama.cpp.
 */
final class Phi3Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("phi3");
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
                        FeedForwardSpec.fused(layer, hidden, Activation.SILU)))),
        source.root().rmsNorm("output_norm"));
  }
}
