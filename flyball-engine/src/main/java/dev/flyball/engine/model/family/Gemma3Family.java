package dev.flyball.engine.model.family;

import dev.flyball.engine.model.Activation;
import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.LogitRule;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.RopePairs;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.SlidingWindows;
import java.util.List;

/**
 * Gemma 3 (arXiv:2503.19786): norms before and behind attention and feed forward network, queries
 * and keys normed head by head; five layers of six see a window and rotate by a base of their own.
 */
final class Gemma3Family implements ModelFamily {
  private static final int PERIOD = 6;
  private static final double WINDOWED_BASE = 10_000;

  /** Gemma 3 27B scales scores by the share of a head in the hidden vector, not by its length. */
  private static final int LAYERS_OF_27B = 62;

  @Override
  public List<String> architectures() {
    return List.of("gemma3");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    HyperParameters keys = source.keys();
    AttentionShape shape = source.attentionShape();
    SlidingWindows windows = SlidingWindows.read(keys, source.config().layers(), PERIOD);
    int length = shape.keyLength();
    RopeSpec rope = RopeSpec.read(source, RopePairs.HALVES, length);
    RopeSpec windowed = RopeSpec.readWindowed(source, RopePairs.HALVES, length, WINDOWED_BASE);
    double scale = Gemma2Family.scoreScale(source, shape, LAYERS_OF_27B);
    int hidden = keys.count("feed_forward_length");
    return source
        .decoder(
            source.branches(
                layer -> {
                  int index = layer.index();
                  return List.of(
                      BranchSpec.preNorm(
                              layer.rmsNorm("attn_norm"),
                              AttentionSpec.of(layer, shape.reaching(windows.reach(index)))
                                  .headNorms()
                                  .rope(windows.has(index) ? windowed : rope)
                                  .scale(scale)
                                  .read())
                          .thenNorm(layer.rmsNorm("post_attention_norm")),
                      BranchSpec.preNorm(
                              layer.rmsNorm("ffn_norm"),
                              FeedForwardSpec.gated(layer, hidden, Activation.GELU))
                          .thenNorm(layer.rmsNorm("post_ffw_norm")));
                }),
            source.root().rmsNorm("output_norm"))
        .embeddingScale(Math.sqrt(source.config().embeddingLength()))
        .logits(LogitRule.readSoftCap(keys, 0));
  }
}
