package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.LogitRule;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.Reach;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.SlidingWindows;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

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
    AttentionShape shape = source.attentionShape();
    double scale = Gemma2Family.scoreScale(source, shape, LAYERS_OF_27B);
    return source
        .decoder(layers(source, shape, Reach::window, scale))
        .embeddingScale(Math.sqrt(source.config().embeddingLength()))
        .logits(LogitRule.readSoftCap(source.keys(), 0));
  }

  /**
   * How layers are read: five of six see a window and rotate by a base of their own.
   *
   * @param shape of the sixth
   * @param window what a window of so many tokens is
   * @param scale of scores
   */
  static Function<TensorGroup, List<BranchSpec>> layers(
      ModelSource source, AttentionShape shape, IntFunction<Reach> window, double scale) {
    SlidingWindows windows = SlidingWindows.read(source.keys(), source.config().layers(), PERIOD);
    AttentionShape windowed = shape.reaching(window.apply(windows.tokens()));
    int length = shape.keyLength();
    RopeSpec rope = RopeSpec.read(source, RopePairs.HALVES, length);
    RopeSpec windowedRope = RopeSpec.readWindowed(source, RopePairs.HALVES, length, WINDOWED_BASE);
    return layer -> {
      boolean isWindowed = windows.has(layer.index());
      return TransformerLayer.normedAround(
          layer,
          AttentionSpec.of(layer, isWindowed ? windowed : shape)
              .headNorms()
              .rope(isWindowed ? windowedRope : rope)
              .scale(scale)
              .read(),
          FeedForwardSpec.gated(layer, Activation.GELU));
    };
  }
}
