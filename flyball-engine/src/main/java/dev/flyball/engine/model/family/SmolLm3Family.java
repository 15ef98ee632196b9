package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.List;

/** SmolLM3: as Llama, but one layer of four does not encode positions (NoPE, arXiv:2501.18795). */
final class SmolLm3Family implements ModelFamily {
  /** Every fourth layer; files do not say. */
  private static final int NO_ROPE_PERIOD = 4;

  @Override
  public List<String> architectures() {
    return List.of("smollm3");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    AttentionShape shape = source.attentionShape();
    RopeSpec rope = RopeSpec.read(source, RopePairs.ADJACENT, shape.keyLength());
    return source.decoder(
        layer -> {
          AttentionSpec.Reader attention = AttentionSpec.of(layer, shape);
          if ((layer.index() + 1) % NO_ROPE_PERIOD != 0) {
            attention.rope(rope);
          }
          return TransformerLayer.preNorm(
              layer, attention.read(), FeedForwardSpec.gated(layer, Activation.SILU));
        });
  }
}
