package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.SlidingWindows;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting;
import dev.flyball.engine.model.experts.ExpertRouting.Weighing;
import dev.flyball.engine.model.experts.MixtureSpec;
import java.util.List;

/**
 * gpt-oss (arXiv:2508.10925): attention sinks, every other layer sees a window, biases everywhere,
 * experts whose gate is clipped.
 */
final class GptOssFamily implements ModelFamily {
  private static final int PERIOD = 2;

  @Override
  public List<String> architectures() {
    return List.of("gpt-oss");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    HyperParameters keys = source.keys();
    AttentionShape shape = source.attentionShape();
    SlidingWindows windows = SlidingWindows.read(keys, source.config().layers(), PERIOD);
    RopeSpec rope = RopeSpec.read(source, RopePairs.HALVES, shape.keyLength());
    ExpertRouting routing = ExpertRouting.read(keys).weighing(Weighing.SOFTMAX_OF_CHOSEN, false, 1);
    int hidden = keys.count("expert_feed_forward_length");
    return source.decoder(
        layer ->
            TransformerLayer.preNorm(
                layer,
                "post_attention_norm",
                AttentionSpec.of(layer, shape.reaching(windows.reach(layer.index())))
                    .rope(rope)
                    .sinks()
                    .read(),
                MixtureSpec.read(layer, routing, hidden, Activation.CLIPPED_SILU)));
  }
}
