package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.Reach;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.SlidingWindows;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;

/**
 * EXAONE 4 (arXiv:2507.11407): norms behind attention and feed forward network, none before them;
 * queries and keys normed head by head. The large one sees a window in three layers of four, and
 * does not encode positions in the fourth.
 */
final class Exaone4Family implements ModelFamily {
  /** Only the model of 32 billion parameters, which has so many, has windows. */
  private static final int WINDOWED_LAYERS = 64;

  @Override
  public List<String> architectures() {
    return List.of("exaone4");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    AttentionShape shape = source.attentionShape();
    int layers = source.config().layers();
    SlidingWindows windows =
        layers == WINDOWED_LAYERS
            ? SlidingWindows.read(source.keys(), layers, 4)
            : SlidingWindows.none();
    RopeSpec rope = RopeSpec.read(source, RopePairs.HALVES, shape.keyLength());
    return source.decoder(
        layer -> {
          Reach reach = windows.reach(layer.index());
          AttentionSpec.Reader attention =
              AttentionSpec.of(layer, shape.reaching(reach)).headNorms();
          if (windows.tokens() == 0 || windows.has(layer.index())) {
            attention.rope(rope);
          }
          return TransformerLayer.postNorm(
              layer, attention.read(), FeedForwardSpec.gated(layer, Activation.SILU));
        });
  }
}
