package dev.flyball.engine.model;

import java.util.List;

/**
 * OLMo 2 and 3 (arXiv:2501.00656, arXiv:2512.13961): norms behind attention and feed forward
 * network, none before them; queries and keys normed over all heads. In OLMo 3 three layers of four
 * see a window, and only the fourth stretches its positions.
 */
final class Olmo2Family implements ModelFamily {
  /** One layer in so many sees everything, the last of them. */
  private static final int PERIOD = 4;

  @Override
  public List<String> architectures() {
    return List.of("olmo2");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    AttentionShape shape = source.attentionShape();
    int window = source.keys().countOrNone("attention.sliding_window");
    RopeSpec rope = RopeSpec.read(source, RopePairs.HALVES, shape.keyLength());
    RopeSpec unscaled = RopeSpec.readUnscaled(source, RopePairs.HALVES, shape.keyLength());
    int hidden = source.keys().count("feed_forward_length");
    return source.decoder(
        source.branches(
            layer -> {
              boolean windowed = window > 0 && layer.index() % PERIOD < PERIOD - 1;
              AttentionShape seen = windowed ? shape.reaching(new Reach.Window(window)) : shape;
              return List.of(
                  BranchSpec.postNorm(
                      AttentionSpec.of(layer, seen)
                          .rowNorms()
                          .rope(windowed ? unscaled : rope)
                          .read(),
                      layer.rmsNorm("post_attention_norm")),
                  BranchSpec.postNorm(
                      FeedForwardSpec.gated(layer, hidden, Activation.SILU),
                      layer.rmsNorm("post_ffw_norm")));
            }),
        source.root().rmsNorm("output_norm"));
  }
}
