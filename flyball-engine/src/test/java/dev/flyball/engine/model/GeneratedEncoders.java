package dev.flyball.engine.model;

import static dev.flyball.engine.model.GeneratedModel.COLUMNS;
import static dev.flyball.engine.model.GeneratedModel.EXPERTS;
import static dev.flyball.engine.model.GeneratedModel.EXPERTS_USED;
import static dev.flyball.engine.model.GeneratedModel.HEADS;
import static dev.flyball.engine.model.GeneratedModel.HIDDEN;
import static dev.flyball.engine.model.GeneratedModel.WINDOW;

import java.util.List;

/** Generated models whose tokens see those behind them, and which embed texts. */
final class GeneratedEncoders {
  private static final int MEAN = 1;

  private GeneratedEncoders() {}

  static List<GeneratedModel> models() {
    return List.of(gemmaEmbedding(), jinaBertV3(), nomicBert(), nomicBertMoe());
  }

  private static GeneratedModel gemmaEmbedding() {
    GeneratedModel model =
        new GeneratedModel("gemma-embedding", "gemma-embedding")
            .tabulatedGelu()
            .rmsEpsilon()
            .key("pooling_type", MEAN)
            .key("attention.causal", false)
            .key("attention.sliding_window", WINDOW)
            .key("rope.freq_base", 1_000_000.0)
            .key("dense_2_feat_in", COLUMNS)
            .key("dense_2_feat_out", HIDDEN)
            .key("dense_3_feat_in", HIDDEN)
            .key("dense_3_feat_out", COLUMNS)
            .linear("dense_2", COLUMNS, HIDDEN)
            .linear("dense_3", HIDDEN, COLUMNS);
    model.layers(
        6,
        (p, _) ->
            model
                .norm(p + "attn_norm")
                .attention(p)
                .headNorms(p)
                .norm(p + "post_attention_norm")
                .norm(p + "ffn_norm")
                .gated(p)
                .norm(p + "post_ffw_norm"));
    return model.norm("output_norm");
  }

  private static GeneratedModel bert(String name) {
    return new GeneratedModel(name, name)
        .layerEpsilon()
        .key("attention.head_count_kv", HEADS)
        .key("attention.causal", false)
        .key("pooling_type", MEAN)
        .key("rope.freq_base", 1000.0)
        .tensor("token_types.weight", 0, 0.4, COLUMNS, 2)
        .biasedNorm("token_embd_norm");
  }

  private static GeneratedModel attention(GeneratedModel model, String p) {
    return model
        .linear(p + "attn_qkv", COLUMNS, 3 * COLUMNS)
        .linear(p + "attn_output", COLUMNS, COLUMNS)
        .biasedNorm(p + "attn_output_norm")
        .biasedNorm(p + "layer_output_norm");
  }

  private static GeneratedModel biasedAttention(GeneratedModel model, String p) {
    return attention(model, p).bias(p + "attn_qkv", 3 * COLUMNS).bias(p + "attn_output", COLUMNS);
  }

  private static GeneratedModel nomicBert() {
    GeneratedModel model = bert("nomic-bert");
    return model.layers(3, (p, _) -> attention(model, p).gated(p));
  }

  private static GeneratedModel jinaBertV3() {
    GeneratedModel model = bert("jina-bert-v3").tabulatedGelu();
    return model.layers(3, (p, _) -> biasedNetwork(biasedAttention(model, p), p));
  }

  private static GeneratedModel biasedNetwork(GeneratedModel model, String p) {
    return model.ungated(p, "", HIDDEN).bias(p + "ffn_up", HIDDEN).bias(p + "ffn_down", COLUMNS);
  }

  /** Experts in every other layer. */
  private static GeneratedModel nomicBertMoe() {
    GeneratedModel model =
        bert("nomic-bert-moe")
            .tabulatedGelu()
            .key("feed_forward_length", GeneratedModel.EXPERT_HIDDEN)
            .key("expert_count", EXPERTS)
            .key("expert_used_count", EXPERTS_USED)
            .key("moe_every_n_layers", 2);
    return model.layers(
        4,
        (p, i) -> {
          biasedAttention(model, p);
          if (i % 2 == 1) {
            model.ungatedExperts(p);
          } else {
            int hidden = GeneratedModel.EXPERT_HIDDEN;
            model.ungated(p, "", hidden).bias(p + "ffn_up", hidden).bias(p + "ffn_down", COLUMNS);
          }
        });
  }
}
