package dev.flyball.engine.model.family;

import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.LatentAttentionSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.RopeScaling;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting.Weighing;
import dev.flyball.engine.model.experts.MixtureSpec;
import java.util.List;

/**
 * DeepSeek V2 and V3 (arXiv:2405.04434, arXiv:2412.19437) and what else says {@code deepseek2}:
 * latent attention, first layers dense, then a mixture of experts with shared ones.
 */
final class DeepSeek2Family implements ModelFamily {
  private static final String MULTIPLIER = "rope.scaling.yarn_log_multiplier";

  /** Files have the multiplier of YaRN's logarithm times this. */
  private static final double MULTIPLIER_UNIT = 0.1;

  @Override
  public List<String> architectures() {
    return List.of("deepseek2");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    HyperParameters keys = source.keys();
    requireKnown(keys);
    int rotated = keys.count("rope.dimension_count");
    double multiplier = keys.number(MULTIPLIER, 0) / MULTIPLIER_UNIT;
    RopeScaling scaling = RopeScaling.read(keys, source.config().contextLength());
    double magnitude = 1;
    if (scaling instanceof RopeScaling.Yarn yarn && multiplier != 0) {
      scaling = yarn.dividedBy(RopeScaling.Yarn.magnitude(yarn.factor(), 1));
      double ofScores =
          yarn.attentionFactor() * RopeScaling.Yarn.magnitude(yarn.factor(), multiplier);
      magnitude = ofScores * ofScores;
    }
    RopeSpec rope = RopeSpec.of(source, RopePairs.ADJACENT, rotated, scaling);
    double ofScores = magnitude;
    int dense = keys.countOrNone("leading_dense_block_count");
    int predicting = keys.countOrNone("nextn_predict_layers");
    return source.decoder(
        source.branches(
            source.config().layers() - predicting,
            layer ->
                List.of(
                    BranchSpec.preNorm(
                        layer.rmsNorm("attn_norm"),
                        LatentAttentionSpec.read(layer, rope, ofScores)),
                    layer.index() < dense ? dense(layer) : experts(layer))),
        source.root().rmsNorm("output_norm"));
  }

  private static void requireKnown(HyperParameters keys) {
    if (keys.number("attention.temperature_scale", 0) != 0) {
      throw keys.unsupported("attention.temperature_scale", "is not known for this architecture");
    }
  }

  private static BranchSpec dense(TensorGroup layer) {
    int hidden = layer.source().keys().count("feed_forward_length");
    return BranchSpec.preNorm(
        layer.rmsNorm("ffn_norm"), FeedForwardSpec.gated(layer, hidden, Activation.SILU));
  }

  private static BranchSpec experts(TensorGroup layer) {
    return BranchSpec.preNorm(
        layer.rmsNorm("ffn_norm"), MixtureSpec.readWithShared(layer, Weighing.SOFTMAX));
  }
}
