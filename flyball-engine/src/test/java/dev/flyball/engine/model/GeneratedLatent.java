package dev.flyball.engine.model;

import static dev.flyball.engine.model.GeneratedModel.COLUMNS;
import static dev.flyball.engine.model.GeneratedModel.EXPERT_HIDDEN;
import static dev.flyball.engine.model.GeneratedModel.HEADS;

import dev.flyball.engine.quantize.Quantization;
import java.util.List;

/**
 * Generated models of latent attention as DeepSeek's were converted before April 2025: with one
 * matrix {@code attn_kv_b} for the keys and values of all heads.
 */
final class GeneratedLatent {
  private static final int SIGMOID = 2;
  private static final int RANK = 32;
  private static final int PLAIN = 16;
  private static final int ROTATED = 8;
  private static final int VALUE = 24;
  private static final int QUERY_RANK = 48;
  private static final int LAYERS = 3;

  private GeneratedLatent() {}

  static List<GeneratedModel> models() {
    return List.of(
        large("deepseek2-kv_b", 1),
        large("deepseek2-kv_b-f16", 1).quantised(Quantization.F16),
        large("deepseek2-kv_b-q8_0", LAYERS).quantised(Quantization.Q8_0),
        large("deepseek2-kv_b-q4_0", LAYERS).quantised(Quantization.Q4_0),
        lite());
  }

  private static GeneratedModel keys(GeneratedModel model) {
    return model
        .rmsEpsilon()
        .expertKeys()
        .key("attention.head_count_kv", HEADS)
        .key("attention.key_length", PLAIN + ROTATED)
        .key("attention.value_length", VALUE)
        .key("attention.kv_lora_rank", RANK)
        .key("rope.dimension_count", ROTATED)
        .key("rope.scaling.type", "yarn")
        .key("rope.scaling.factor", 40.0)
        .key("rope.scaling.original_context_length", 64)
        .key("expert_shared_count", 1);
  }

  /**
   * As DeepSeek V3.
   *
   * @param dense layers without experts: rounded activations choose others where routers are random
   */
  private static GeneratedModel large(String name, int dense) {
    GeneratedModel model =
        keys(new GeneratedModel(name, "deepseek2"))
            .key("leading_dense_block_count", dense)
            .key("attention.q_lora_rank", QUERY_RANK)
            .key("rope.scaling.yarn_log_multiplier", 0.1)
            .key("expert_gating_func", SIGMOID)
            .key("expert_weights_scale", 2.5)
            .key("expert_weights_norm", true);
    model.layers(
        LAYERS,
        (p, i) -> {
          model
              .linear(p + "attn_q_a", COLUMNS, QUERY_RANK)
              .norm(p + "attn_q_a_norm", QUERY_RANK)
              .linear(p + "attn_q_b", QUERY_RANK, HEADS * (PLAIN + ROTATED));
          layer(model, p, i < dense);
          if (i >= dense) {
            model.expertChoice(p);
          }
        });
    return model.norm("output_norm").output();
  }

  /** As DeepSeek V2 Lite, which is told by its number of layers. */
  private static GeneratedModel lite() {
    GeneratedModel model =
        keys(new GeneratedModel("deepseek2-lite-kv_b", "deepseek2"))
            .key("leading_dense_block_count", 1)
            .key("rope.scaling.yarn_log_multiplier", 0.0707)
            .key("expert_weights_scale", 1.0);
    model.layers(
        27,
        (p, i) -> {
          model.linear(p + "attn_q", COLUMNS, HEADS * (PLAIN + ROTATED));
          layer(model, p, i == 0);
        });
    return model.norm("output_norm").output();
  }

  private static void layer(GeneratedModel model, String p, boolean isDense) {
    model
        .norm(p + "attn_norm")
        .linear(p + "attn_kv_a_mqa", COLUMNS, RANK + ROTATED)
        .norm(p + "attn_kv_a_norm", RANK)
        .linear(p + "attn_kv_b", RANK, HEADS * (PLAIN + VALUE))
        .linear(p + "attn_output", HEADS * VALUE, COLUMNS)
        .norm(p + "ffn_norm");
    if (isDense) {
      model.gated(p);
    } else {
      model.experts(p).shared(p, EXPERT_HIDDEN);
    }
  }
}
