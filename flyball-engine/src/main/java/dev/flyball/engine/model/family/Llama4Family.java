package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.QueryTemperature;
import dev.flyball.engine.model.Reach;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting;
import dev.flyball.engine.model.experts.ExpertRouting.Weighing;
import dev.flyball.engine.model.experts.MixtureSpec;
import java.util.List;

/**
 * Llama 4, its text part: three layers of four see a chunk of the sequence, rotate, and norm
 * queries and keys; the fourth sees everything, does not encode positions, and lets queries grow
 * with them. In some layers a mixture of experts, weighed on their way in, with a shared expert.
 */
final class Llama4Family implements ModelFamily {
  private static final int PERIOD = 4;
  private static final int CHUNK = 8192;
  private static final QueryTemperature TEMPERATURE = new QueryTemperature(0.1, 8192, 1);

  /** The larger model, with this many experts, does not norm queries and keys. */
  private static final int EXPERTS_WITHOUT_NORM = 128;

  @Override
  public List<String> architectures() {
    return List.of("llama4");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    boolean chunked = source.keys().number("attention.sliding_window", CHUNK) != 0;
    AttentionShape shape = source.attentionShape();
    RopeSpec rope = RopeSpec.read(source, RopePairs.ADJACENT, shape.keyLength());
    return source.decoder(
        layer -> {
          boolean rotated = !chunked || (layer.index() + 1) % PERIOD != 0;
          AttentionSpec attention =
              rotated
                  ? rotated(layer, shape, rope, chunked)
                  : AttentionSpec.of(layer, shape).temperature(TEMPERATURE).read();
          return TransformerLayer.preNorm(layer, attention, feedForward(layer));
        });
  }

  /** A rotation keeps lengths, so that norms without weights may as well come before it. */
  private static AttentionSpec rotated(
      TensorGroup layer, AttentionShape shape, RopeSpec rope, boolean chunked) {
    AttentionShape seen = chunked ? shape.reaching(new Reach.Chunk(CHUNK)) : shape;
    AttentionSpec.Reader attention = AttentionSpec.of(layer, seen).rope(rope);
    if (layer.source().keys().count("expert_count") != EXPERTS_WITHOUT_NORM) {
      attention.plainHeadNorms();
    }
    return attention.read();
  }

  private static MixerSpec[] feedForward(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    int interval = keys.countOrNone("interleave_moe_layer_step");
    if (interval == 0 || (layer.index() + 1) % interval != 0) {
      return new MixerSpec[] {FeedForwardSpec.gated(layer, Activation.SILU)};
    }
    int hidden = keys.count("expert_feed_forward_length");
    ExpertRouting routing = ExpertRouting.read(keys).weighing(Weighing.SIGMOID, false, 1);
    return new MixerSpec[] {
      MixtureSpec.read(layer, routing, hidden, Activation.SILU).weighingInput(),
      FeedForwardSpec.gated(layer, "_shexp", hidden, Activation.SILU)
    };
  }
}
