package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.LogitRule;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.Reach;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.SlidingWindows;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;

/**
 * Command R7B and Command A (Cohere 2, arXiv:2504.00698): attention and feed forward network in
 * parallel behind one layer norm; three layers of four see a window, and the fourth does not encode
 * positions.
 */
final class Cohere2Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("cohere2");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    HyperParameters keys = source.keys();
    AttentionShape shape = source.attentionShape();
    SlidingWindows windows = SlidingWindows.read(keys, source.config().layers(), 4);
    RopeSpec rope = RopeSpec.read(source, RopePairs.ADJACENT, shape.keyLength());
    return source
        .decoder(
            source.branches(
                layer -> {
                  Reach reach = windows.reach(layer.index());
                  AttentionSpec.Reader attention = AttentionSpec.of(layer, shape.reaching(reach));
                  if (windows.has(layer.index())) {
                    attention.rope(rope);
                  }
                  return List.of(
                      BranchSpec.preNorm(
                          layer.layerNorm("attn_norm"),
                          attention.read(),
                          FeedForwardSpec.gated(layer, Activation.SILU)));
                }),
            source.root().layerNorm("output_norm"))
        .logits(LogitRule.scaled(keys.positive("logit_scale")));
  }
}
