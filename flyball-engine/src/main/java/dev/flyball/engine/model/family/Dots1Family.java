package dev.flyball.engine.model.family;

import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting.Weighing;
import dev.flyball.engine.model.experts.MixtureSpec;
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
    RotaryAttention attention = RotaryAttention.read(source, RopePairs.HALVES);
    return source.decoder(
        source.branches(
            source.config().layers() - source.keys().countOrNone("nextn_predict_layers"),
            layer ->
                TransformerLayer.preNorm(
                    layer,
                    attention.of(layer).headNorms().read(),
                    MixtureSpec.readBehindDense(layer, Weighing.SIGMOID))),
        source.root().rmsNorm("output_norm"));
  }
}
