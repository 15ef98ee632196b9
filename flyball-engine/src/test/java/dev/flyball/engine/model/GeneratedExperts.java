package dev.flyball.engine.model;

import static dev.flyball.engine.model.GeneratedModel.COLUMNS;
import static dev.flyball.engine.model.GeneratedModel.EXPERT_HIDDEN;
import static dev.flyball.engine.model.GeneratedModel.HEAD;
import static dev.flyball.engine.model.GeneratedModel.HEADS;
import static dev.flyball.engine.model.GeneratedModel.KV_HEADS;

import java.util.List;

/** Generated models of attention and mixtures of experts. */
final class GeneratedExperts {
  private static final int SIGMOID = 2;

  private GeneratedExperts() {}

  static List<GeneratedModel> models() {
    return List.of(
        bailingMoe2(),
        dots1(),
        ernie45(),
        ernie45Moe(),
        glm4Moe("glm4moe", 0),
        glm4Moe("glm4moe-nextn", 1),
        hunyuanMoe(),
        miniMaxM2(),
        qwen3VlMoe());
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

  private static GeneratedModel deepSeekKeys(GeneratedModel model) {
    return model
        .rmsEpsilon()
        .expertKeys()
        .key("expert_shared_count", 1)
        .key("leading_dense_block_count", 1)
        .key("expert_gating_func", SIGMOID)
        .key("expert_weights_scale", 1.5)
        .key("expert_weights_norm", true);
  }

  private static GeneratedModel bailingMoe2() {
    GeneratedModel model =
        deepSeekKeys(new GeneratedModel("bailingmoe2", "bailingmoe2"))
            .key("expert_group_count", 2)
            .key("expert_group_used_count", 1)
            .key("expert_shared_feed_forward_length", EXPERT_HIDDEN)
            .key("nextn_predict_layers", 1)
            .key("rope.scaling.type", "none")
            .key("rope.dimension_count", HEAD / 2);
    model.layers(
        4,
        (p, i) -> {
          model
              .norm(p + "attn_norm")
              .linear(p + "attn_qkv", COLUMNS, (HEADS + 2 * KV_HEADS) * HEAD)
              .linear(p + "attn_output", HEADS * HEAD, COLUMNS)
              .headNorms(p)
              .norm(p + "ffn_norm");
          denseOrMixed(model, p, i);
          if (i == 3) {
            model
                .linear(p + "nextn.eh_proj", 2 * COLUMNS, COLUMNS)
                .norm(p + "nextn.enorm")
                .norm(p + "nextn.hnorm")
                .norm(p + "layer_output_norm");
          }
        });
    return model.norm("output_norm").output();
  }

  private static GeneratedModel dots1() {
    GeneratedModel model =
        deepSeekKeys(new GeneratedModel("dots1", "dots1")).key("attention.head_count_kv", HEADS);
    model.layers(
        3,
        (p, i) -> {
          model
              .norm(p + "attn_norm")
              .linear(p + "attn_q", COLUMNS, HEADS * HEAD)
              .linear(p + "attn_k", COLUMNS, HEADS * HEAD)
              .linear(p + "attn_v", COLUMNS, HEADS * HEAD)
              .linear(p + "attn_output", HEADS * HEAD, COLUMNS)
              .headNorms(p)
              .norm(p + "ffn_norm");
          denseOrMixed(model, p, i);
        });
    return model.norm("output_norm").output();
  }

  private static void denseOrMixed(GeneratedModel model, String p, int layer) {
    if (layer == 0) {
      model.gated(p);
    } else {
      model.experts(p).expertChoice(p).shared(p, EXPERT_HIDDEN);
    }
  }

  private static GeneratedModel ernie45() {
    GeneratedModel model = new GeneratedModel("ernie4_5", "ernie4_5").rmsEpsilon();
    model.layers(
        3, (p, _) -> model.norm(p + "attn_norm").attention(p).norm(p + "ffn_norm").gated(p));
    return model.norm("output_norm");
  }

  private static GeneratedModel ernie45Moe() {
    GeneratedModel model =
        new GeneratedModel("ernie4_5-moe", "ernie4_5-moe")
            .rmsEpsilon()
            .expertKeys()
            .key("expert_shared_count", 2)
            .key("expert_shared_feed_forward_length", 48)
            .key("leading_dense_block_count", 1)
            .key("interleave_moe_layer_step", 1);
    model.layers(
        3,
        (p, i) -> {
          model.norm(p + "attn_norm").attention(p).norm(p + "ffn_norm");
          if (i == 0) {
            model.gated(p);
          } else {
            model.experts(p).expertChoice(p).shared(p, 48);
          }
        });
    return model.norm("output_norm").output();
  }

  private static GeneratedModel miniMaxM2() {
    GeneratedModel model =
        new GeneratedModel("minimax-m2", "minimax-m2")
            .rmsEpsilon()
            .expertKeys()
            .key("feed_forward_length", EXPERT_HIDDEN)
            .key("expert_gating_func", SIGMOID)
            .key("rope.dimension_count", HEAD / 2);
    model.layers(
        3,
        (p, _) ->
            model
                .norm(p + "attn_norm")
                .attention(p)
                .norm(p + "attn_q_norm", HEADS * HEAD)
                .norm(p + "attn_k_norm", KV_HEADS * HEAD)
                .norm(p + "ffn_norm")
                .experts(p)
                .expertChoice(p));
    return model.norm("output_norm").output();
  }

  private static GeneratedModel hunyuanMoe() {
    GeneratedModel model =
        new GeneratedModel("hunyuan-moe", "hunyuan-moe")
            .rmsEpsilon()
            .expertKeys()
            .key("feed_forward_length", EXPERT_HIDDEN)
            .key("expert_shared_feed_forward_length", 48);
    model.layers(
        3,
        (p, _) ->
            model
                .norm(p + "attn_norm")
                .attention(p)
                .headNorms(p)
                .norm(p + "ffn_norm")
                .experts(p)
                .shared(p, 48));
    return model.norm("output_norm");
  }
}
