package dev.flyball.engine.model;

import static dev.flyball.engine.model.GeneratedModel.COLUMNS;
import static dev.flyball.engine.model.GeneratedModel.EXPERT_HIDDEN;
import static dev.flyball.engine.model.GeneratedModel.HEAD;

import java.util.List;

/** Generated models of attention and mixtures of experts. */
final class GeneratedExperts {
  private static final int SIGMOID = 2;

  private GeneratedExperts() {}

  static List<GeneratedModel> models() {
    return List.of(glm4Moe("glm4moe", 0), glm4Moe("glm4moe-nextn", 1), qwen3VlMoe());
  }

  /** As converted: with the layers that predict further tokens in the file. */
  private static GeneratedModel glm4Moe(String name, int predicting) {
    GeneratedModel model =
        new GeneratedModel(name, "glm4moe")
            .rmsEpsilon()
            .expertKeys()
            .key("expert_shared_count", 1)
            .key("leading_dense_block_count", 1)
            .key("expert_gating_func", SIGMOID)
            .key("expert_weights_scale", 1.5)
            .key("expert_weights_norm", true)
            .key("expert_group_count", 1)
            .key("expert_group_used_count", 1)
            .key("nextn_predict_layers", predicting)
            .key("rope.dimension_count", HEAD / 2);
    model.layers(
        3 + predicting,
        (p, i) -> {
          model
              .norm(p + "attn_norm")
              .attention(p)
              .attentionBiases(p)
              .norm(p + "post_attention_norm");
          if (predicting > 0) {
            model.headNorms(p);
          }
          if (i == 0) {
            model.gated(p);
          } else {
            model.experts(p).expertChoice(p).shared(p, EXPERT_HIDDEN);
          }
          if (i >= 3) {
            model
                .linear(p + "nextn.eh_proj", 2 * COLUMNS, COLUMNS)
                .norm(p + "nextn.enorm")
                .norm(p + "nextn.hnorm")
                .norm(p + "nextn.shared_head_norm");
          }
        });
    return model.norm("output_norm").output();
  }

  private static GeneratedModel qwen3VlMoe() {
    GeneratedModel model =
        new GeneratedModel("qwen3vlmoe", "qwen3vlmoe")
            .rmsEpsilon()
            .expertKeys()
            .key("rope.dimension_sections", new int[] {3, 3, 2, 0});
    model.layers(
        3,
        (p, _) ->
            model.norm(p + "attn_norm").attention(p).headNorms(p).norm(p + "ffn_norm").experts(p));
    return model.norm("output_norm").output();
  }
}
