package dev.flyball.engine.model;

import java.util.ArrayList;
import java.util.List;

/** Qwen3, dense (arXiv:2505.09388): as Llama, with queries and keys normed head by head. */
final class Qwen3Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("qwen3");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    AttentionShape shape = source.attentionShape();
    RopeSpec rope = RopeSpec.read(source, RopePairs.HALVES, shape.keyLength());
    int hidden = source.keys().count("feed_forward_length");
    List<BranchSpec> branches = new ArrayList<>();
    for (int i = 0; i < source.config().layers(); i++) {
      TensorGroup layer = source.layer(i);
      branches.add(
          BranchSpec.preNorm(
              layer.rmsNorm("attn_norm"),
              AttentionSpec.of(layer, shape).headNorms().rope(rope).read()));
      branches.add(
          BranchSpec.preNorm(
              layer.rmsNorm("ffn_norm"), FeedForwardSpec.gated(layer, hidden, Activation.SILU)));
    }
    return source.decoder(branches, source.root().rmsNorm("output_norm"));
  }
}
