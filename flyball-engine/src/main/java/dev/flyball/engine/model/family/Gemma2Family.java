package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.LogitRule;
import dev.flyball.engine.model.ModelConfig;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.SlidingWindows;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;

/**
 * Gemma 2 (arXiv:2408.00118): norms before and behind attention and feed forward network, every
 * other layer sees a window, scores and logits are soft-capped.
 */
final class Gemma2Family implements ModelFamily {
  private static final int PERIOD = 2;
  private static final int WINDOW = 4096;
  private static final double SCORE_CAP = 50;
  private static final double LOGIT_CAP = 30;
  private static final int LAYERS_OF_27B = 46;

  @Override
  public List<String> architectures() {
    return List.of("gemma2");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    HyperParameters keys = source.keys();
    AttentionShape shape = source.attentionShape();
    SlidingWindows windows = SlidingWindows.read(keys, source.config().layers(), PERIOD, WINDOW);
    RopeSpec rope = RopeSpec.read(source, RopePairs.HALVES, shape.keyLength());
    double scale = scoreScale(source, shape, LAYERS_OF_27B);
    double cap = keys.positive("attn_logit_softcapping", SCORE_CAP);
    return source
        .decoder(
            layer ->
                TransformerLayer.normedAround(
                    layer,
                    AttentionSpec.of(layer, shape.reaching(windows.reach(layer.index())))
                        .rope(rope)
                        .scale(scale)
                        .softCap(cap)
                        .read(),
                    FeedForwardSpec.gated(layer, Activation.GELU)))
        .embeddingScale(Math.sqrt(source.config().embeddingLength()))
        .logits(LogitRule.readSoftCap(keys, LOGIT_CAP));
  }

  /**
   * What scores are scaled by: the length of a head, but in the largest model, which files do not
   * tell but by its number of layers, the hidden vector's length over the heads.
   */
  static double scoreScale(ModelSource source, AttentionShape shape, int layersOfLargest) {
    ModelConfig config = source.config();
    int length =
        config.layers() == layersOfLargest
            ? config.embeddingLength() / shape.heads()
            : shape.keyLength();
    return 1 / Math.sqrt(length);
  }
}
