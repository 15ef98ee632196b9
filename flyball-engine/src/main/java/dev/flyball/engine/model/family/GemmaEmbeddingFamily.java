package dev.flyball.engine.model.family;

import dev.flyball.engine.model.Activation;
import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.EmbeddingTerms;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.Reach;
import dev.flyball.engine.model.RopePairs;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.SlidingWindows;
import java.util.List;

/**
 * EmbeddingGemma (arXiv:2509.20354): the layers of Gemma 3, whose tokens see those behind them,
 * too; five layers of six see a window to both sides and rotate by a base of their own.
 */
final class GemmaEmbeddingFamily implements ModelFamily {
  private static final int PERIOD = 6;
  private static final double WINDOWED_BASE = 10_000;

  @Override
  public List<String> architectures() {
    return List.of("gemma-embedding");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    HyperParameters keys = source.keys();
    AttentionShape shape = source.wholeTextShape();
    SlidingWindows windows = SlidingWindows.read(keys, source.config().layers(), PERIOD);
    int length = shape.keyLength();
    RopeSpec rope = RopeSpec.read(source, RopePairs.HALVES, length);
    RopeSpec windowed = RopeSpec.readWindowed(source, RopePairs.HALVES, length, WINDOWED_BASE);
    AttentionShape around = shape.reaching(new Reach.Around(windows.tokens()));
    int hidden = keys.count("feed_forward_length");
    return source
        .encoder(
            EmbeddingTerms.NONE,
            source.branches(
                layer -> {
                  boolean isWindowed = windows.has(layer.index());
                  return List.of(
                      BranchSpec.preNorm(
                              layer.rmsNorm("attn_norm"),
                              AttentionSpec.of(layer, isWindowed ? around : shape)
                                  .headNorms()
                                  .rope(isWindowed ? windowed : rope)
                                  .read())
                          .thenNorm(layer.rmsNorm("post_attention_norm")),
                      BranchSpec.preNorm(
                              layer.rmsNorm("ffn_norm"),
                              FeedForwardSpec.gated(layer, hidden, Activation.GELU))
                          .thenNorm(layer.rmsNorm("post_ffw_norm")));
                }),
            source.root().rmsNorm("output_norm"))
        .embeddingScale(Math.sqrt(source.config().embeddingLength()));
  }
}
