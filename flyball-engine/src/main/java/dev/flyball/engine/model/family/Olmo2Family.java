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
 * OLMo 2 and 3 (arXiv:2501.00656, arXiv:2512.13961): norms behind attention and feed forward
 * network, none before them; queries and keys normed over all heads. In OLMo 3 three layers of four
 * see a window, and only the fourth stretches its positions.
 */
final class Olmo2Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("olmo2");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    AttentionShape shape = source.attentionShape();
    SlidingWindows windows = SlidingWindows.read(source.keys(), source.config().layers(), 4);
    RopeSpec rope = RopeSpec.read(source, RopePairs.HALVES, shape.keyLength());
    RopeSpec unscaled = RopeSpec.readUnscaled(source, RopePairs.HALVES, shape.keyLength());
    return source.decoder(
        layer -> {
          Reach reach = windows.reach(layer.index());
          return TransformerLayer.postNorm(
              layer,
              AttentionSpec.of(layer, shape.reaching(reach))
                  .rowNorms()
                  .rope(windows.has(layer.index()) ? unscaled : rope)
                  .read(),
              FeedForwardSpec.gated(layer, Activation.SILU));
        });
  }
}
