package dev.flyball.engine.model.family;

import dev.flyball.engine.model.Activation;
import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.ExpertRouting.Weighing;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.MixtureSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.RopePairs;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.TensorGroup;
import java.util.List;

/**
 * dots.llm1 (arXiv:2506.05767), and Ling and Ring 2 (arXiv:2510.22115): queries and keys normed
 * head by head, first layers dense, then experts with shared ones. Ling's layers that predict
 * further tokens are left out.
 */
final class Dots1Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("bailingmoe2", "dots1");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    HyperParameters keys = source.keys();
    AttentionShape shape = source.attentionShape();
    RopeSpec rope = RopeSpec.read(source, RopePairs.HALVES, shape.keyLength());
    int layers = source.config().layers() - keys.countOrNone("nextn_predict_layers");
    int dense = keys.countOrNone("leading_dense_block_count");
    return source.decoder(
        source.branches(
            layers,
            layer ->
                List.of(
                    BranchSpec.preNorm(
                        layer.rmsNorm("attn_norm"),
                        AttentionSpec.of(layer, shape).headNorms().rope(rope).read()),
                    BranchSpec.preNorm(
                        layer.rmsNorm("ffn_norm"),
                        layer.index() < dense
                            ? dense(layer)
                            : MixtureSpec.readWithShared(layer, Weighing.SIGMOID)))),
        source.root().rmsNorm("output_norm"));
  }

  private static MixerSpec[] dense(TensorGroup layer) {
    int hidden = layer.source().keys().count("feed_forward_length");
    return new MixerSpec[] {FeedForwardSpec.gated(layer, hidden, Activation.SILU)};
  }
}
