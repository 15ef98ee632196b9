package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting.Weighing;
import dev.flyball.engine.model.experts.MixtureSpec;
import java.util.List;

/**
 * GLM-4.5 and later mixtures of experts (arXiv:2508.06471): queries and keys normed head by head in
 * the larger model, half of each head rotated, first layers dense, then experts with shared ones.
 * The layers behind the last that predict further tokens are left out.
 */
final class Glm4MoeFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("glm4moe");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    RotaryAttention rotary = RotaryAttention.read(source, RopePairs.HALVES);
    return source.decoder(
        source.branches(
            source.config().layers() - source.keys().countOrNone("nextn_predict_layers"),
            layer -> {
              AttentionSpec.Reader attention = rotary.of(layer);
              if (layer.has("attn_q_norm.weight")) {
                attention.headNorms();
              }
              return TransformerLayer.preNorm(
                  layer,
                  "post_attention_norm",
                  attention.read(),
                  MixtureSpec.readBehindDense(layer, Weighing.SIGMOID));
            }),
        source.root().rmsNorm("output_norm"));
  }
}
