package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.QueryTemperature;
import dev.flyball.engine.model.RopeScaling;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;

/**
 * Ministral 3 and what else says {@code mistral3}: as Llama, with queries that grow with their
 * position, and YaRN whose magnitude is divided by a second one.
 */
final class Mistral3Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("mistral3");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    HyperParameters keys = source.keys();
    AttentionShape shape = source.attentionShape();
    RopeSpec rope = RopeSpec.of(source, RopePairs.ADJACENT, shape.keyLength(), scaling(source));
    double growth = keys.number("attention.temperature_scale", 0);
    return source.decoder(
        layer -> {
          AttentionSpec.Reader attention = AttentionSpec.of(layer, shape).rope(rope);
          if (growth != 0) {
            int interval = keys.count("rope.scaling.original_context_length");
            attention.temperature(new QueryTemperature(growth, interval, 0));
          }
          return TransformerLayer.preNorm(
              layer, attention.read(), FeedForwardSpec.gated(layer, Activation.SILU));
        });
  }

  private static RopeScaling scaling(ModelSource source) {
    HyperParameters keys = source.keys();
    RopeScaling scaling = RopeScaling.read(keys, source.config().contextLength());
    double multiplier = keys.number("rope.scaling.yarn_log_multiplier", 0);
    return scaling instanceof RopeScaling.Yarn yarn && multiplier != 0
        ? yarn.dividedBy(RopeScaling.Yarn.magnitude(yarn.factor(), multiplier))
        : scaling;
  }
}
