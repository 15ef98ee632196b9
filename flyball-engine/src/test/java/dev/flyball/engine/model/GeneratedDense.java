package dev.flyball.engine.model;

import static dev.flyball.engine.model.GeneratedModel.COLUMNS;
import static dev.flyball.engine.model.GeneratedModel.HEAD;
import static dev.flyball.engine.model.GeneratedModel.HEADS;
import static dev.flyball.engine.model.GeneratedModel.HIDDEN;
import static dev.flyball.engine.model.GeneratedModel.KV_HEADS;
import static dev.flyball.engine.model.GeneratedModel.WINDOW;

import java.util.List;

/** Generated models whose every layer has attention and one network. */
final class GeneratedDense {
  private GeneratedDense() {}

  static List<GeneratedModel> models() {
    return List.of(
        cohere2("cohere2"),
        cohere2Biased(),
        exaone4(),
        exaone4Windowed(),
        gemma2("gemma2"),
        gemma2Capped(),
        hunyuanDense(),
        ministral3(),
        ministral3Plain(),
        olmo(),
        olmoPlain(),
        olmo3(),
        phi3Windowed(),
        seedOss(),
        smolLm3(),
        starCoder2());
  }

  private static GeneratedModel cohere2(String name) {
    GeneratedModel model =
        new GeneratedModel(name, "cohere2")
            .layerEpsilon()
            .key("attention.sliding_window", WINDOW)
            .key("logit_scale", 0.25);
    model.layers(5, (p, _) -> model.norm(p + "attn_norm").attention(p).gated(p));
    return model.norm("output_norm");
  }

  private static GeneratedModel cohere2Biased() {
    GeneratedModel model = cohere2("cohere2-biased").key("logit_scale", 1.5);
    return model.layers(5, (p, _) -> model.attentionBiases(p));
  }

  private static GeneratedModel exaone4() {
    GeneratedModel model = new GeneratedModel("exaone4", "exaone4").rmsEpsilon();
    model.layers(3, (p, _) -> postNormed(model, p));
    return model.norm("output_norm");
  }

  private static GeneratedModel exaone4Windowed() {
    GeneratedModel model =
        new GeneratedModel("exaone4-windowed", "exaone4")
            .rmsEpsilon()
            .key("attention.sliding_window", WINDOW)
            .key("attention.head_count_kv", 1)
            .key("feed_forward_length", 32);
    model.layers(
        64,
        (p, _) ->
            model
                .linear(p + "attn_q", COLUMNS, HEADS * HEAD)
                .linear(p + "attn_k", COLUMNS, HEAD)
                .linear(p + "attn_v", COLUMNS, HEAD)
                .linear(p + "attn_output", HEADS * HEAD, COLUMNS)
                .headNorms(p)
                .norm(p + "post_attention_norm")
                .gated(p, "", 32)
                .norm(p + "post_ffw_norm"));
    return model.norm("output_norm").output();
  }

  private static void postNormed(GeneratedModel model, String p) {
    model
        .attention(p)
        .headNorms(p)
        .norm(p + "post_attention_norm")
        .gated(p)
        .norm(p + "post_ffw_norm");
  }

  private static GeneratedModel gemma2(String name) {
    GeneratedModel model =
        new GeneratedModel(name, "gemma2")
            .tabulatedGelu()
            .rmsEpsilon()
            .key("attention.sliding_window", WINDOW);
    model.layers(
        4,
        (p, _) ->
            model
                .norm(p + "attn_norm")
                .attention(p)
                .norm(p + "post_attention_norm")
                .norm(p + "ffn_norm")
                .gated(p)
                .norm(p + "post_ffw_norm"));
    return model.norm("output_norm");
  }

  private static GeneratedModel gemma2Capped() {
    return gemma2("gemma2-capped")
        .key("attn_logit_softcapping", 2.0)
        .key("final_logit_softcapping", 3.0);
  }

  private static void llamaLayer(GeneratedModel model, String p) {
    model.norm(p + "attn_norm").attention(p).norm(p + "ffn_norm").gated(p);
  }

  private static GeneratedModel ministral3() {
    GeneratedModel model =
        new GeneratedModel("mistral3-yarn", "mistral3")
            .rmsEpsilon()
            .key("rope.scaling.type", "yarn")
            .key("rope.scaling.factor", 16.0)
            .key("rope.scaling.original_context_length", 32)
            .key("rope.scaling.yarn_beta_fast", 32.0)
            .key("rope.scaling.yarn_beta_slow", 1.0)
            .key("rope.scaling.yarn_log_multiplier", 1.0)
            .key("attention.temperature_scale", 0.4);
    model.layers(3, (p, _) -> llamaLayer(model, p));
    return model.norm("output_norm");
  }

  private static GeneratedModel ministral3Plain() {
    GeneratedModel model = new GeneratedModel("mistral3", "mistral3").rmsEpsilon();
    model.layers(3, (p, _) -> llamaLayer(model, p));
    return model.norm("output_norm").output();
  }

  private static GeneratedModel olmo() {
    GeneratedModel model =
        new GeneratedModel("olmo", "olmo").layerEpsilon().key("attention.clamp_kqv", 0.7);
    return model.layers(3, (p, _) -> model.attention(p).gated(p));
  }

  private static GeneratedModel olmoPlain() {
    GeneratedModel model = new GeneratedModel("olmo-plain", "olmo").layerEpsilon();
    return model.layers(3, (p, _) -> model.attention(p).gated(p)).output();
  }

  private static GeneratedModel olmo3() {
    GeneratedModel model =
        new GeneratedModel("olmo3", "olmo2")
            .rmsEpsilon()
            .key("attention.sliding_window", WINDOW)
            .key("rope.scaling.type", "yarn")
            .key("rope.scaling.factor", 8.0)
            .key("rope.scaling.original_context_length", 64)
            .key("rope.scaling.attn_factor", 1.2);
    model.layers(
        5,
        (p, _) ->
            model
                .attention(p)
                .norm(p + "attn_q_norm", HEADS * HEAD)
                .norm(p + "attn_k_norm", KV_HEADS * HEAD)
                .norm(p + "post_attention_norm")
                .gated(p)
                .norm(p + "post_ffw_norm"));
    return model.norm("output_norm").output();
  }

  private static GeneratedModel phi3Windowed() {
    GeneratedModel model =
        new GeneratedModel("phi3-windowed", "phi3")
            .rmsEpsilon()
            .key("attention.sliding_window", WINDOW)
            .key("rope.scaling.original_context_length", 512);
    model.layers(
        3,
        (p, _) ->
            model
                .norm(p + "attn_norm")
                .linear(p + "attn_qkv", COLUMNS, (HEADS + 2 * KV_HEADS) * HEAD)
                .linear(p + "attn_output", HEADS * HEAD, COLUMNS)
                .norm(p + "ffn_norm")
                .linear(p + "ffn_up", COLUMNS, 2 * HIDDEN)
                .linear(p + "ffn_down", HIDDEN, COLUMNS));
    return model.norm("output_norm").output();
  }

  private static GeneratedModel seedOss() {
    GeneratedModel model = new GeneratedModel("seed_oss", "seed_oss").rmsEpsilon();
    model.layers(
        3,
        (p, _) ->
            model
                .norm(p + "attn_norm")
                .attention(p)
                .attentionBiases(p)
                .norm(p + "post_attention_norm")
                .gated(p));
    return model.norm("output_norm").output();
  }

  private static GeneratedModel smolLm3() {
    GeneratedModel model = new GeneratedModel("smollm3", "smollm3").rmsEpsilon();
    model.layers(5, (p, _) -> llamaLayer(model, p));
    return model.norm("output_norm");
  }

  private static GeneratedModel starCoder2() {
    GeneratedModel model =
        new GeneratedModel("starcoder2", "starcoder2")
            .tabulatedGelu()
            .layerEpsilon()
            .key("attention.sliding_window", WINDOW);
    model.layers(
        3,
        (p, _) ->
            model
                .biasedNorm(p + "attn_norm")
                .attention(p)
                .attentionBiases(p)
                .bias(p + "attn_output", COLUMNS)
                .biasedNorm(p + "ffn_norm")
                .ungated(p, "", HIDDEN)
                .bias(p + "ffn_up", HIDDEN)
                .bias(p + "ffn_down", COLUMNS));
    return model.biasedNorm("output_norm");
  }

  private static GeneratedModel hunyuanDense() {
    GeneratedModel model = new GeneratedModel("hunyuan-dense", "hunyuan-dense").rmsEpsilon();
    model.layers(
        3,
        (p, _) ->
            model.norm(p + "attn_norm").attention(p).headNorms(p).norm(p + "ffn_norm").gated(p));
    return model.norm("output_norm");
  }
}
