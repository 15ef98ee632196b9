package dev.flyball.engine.model.family;

import dev.flyball.engine.model.Activation;
import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.NormSpec;
import dev.flyball.engine.model.RopePairs;
import dev.flyball.engine.model.RopeSpec;
import java.util.List;

/**
 * OLMo 1 (arXiv:2402.00838): layer norms without weights; queries, keys and values may be clamped.
 */
final class OlmoFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("olmo");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    AttentionShape shape = source.attentionShape();
    RopeSpec rope = RopeSpec.read(source, RopePairs.ADJACENT, shape.keyLength());
    double clamp = source.keys().number("attention.clamp_kqv", 0);
    int hidden = source.keys().count("feed_forward_length");
    NormSpec norm = source.root().layerNorm();
    return source.decoder(
        source.branches(
            layer ->
                List.of(
                    BranchSpec.preNorm(
                        norm, AttentionSpec.of(layer, shape).rope(rope).clamp(clamp).read()),
                    BranchSpec.preNorm(
                        norm, FeedForwardSpec.gated(layer, hidden, Activation.SILU)))),
        norm);
  }
}
