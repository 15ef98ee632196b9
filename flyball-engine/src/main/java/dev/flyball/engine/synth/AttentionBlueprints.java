package dev.flyball.engine.synth;

import dev.flyball.kernels.TensorType;

/**
 * Models with kinds of attention that Llama has not. Sizes are those of the makers' published
 * configurations.
 */
final class AttentionBlueprints {
  private AttentionBlueprints() {}

  /** Gemma 3 1B. */
  static void gemma3(Blueprint b) {
    int dim = 1152;
    int hidden = 6912;
    int headLength = 256;
    b.sizes(dim, hidden, 4, 32_768).rmsEpsilon().headLengths(headLength, headLength);
    b.key("attention.head_count_kv", 1).key("attention.sliding_window", 512);
    b.number("rope.freq_base", 1e6);
    b.matrix("token_embd", dim, b.vocabulary());
    b.norm("output_norm", dim);
    b.eachLayer(
        _ -> {
          b.norm("attn_norm", dim);
          b.attention(dim, 4, 1, headLength, 1);
          b.norm("attn_q_norm", headLength);
          b.norm("attn_k_norm", headLength);
          b.norm("post_attention_norm", dim);
          b.norm("ffn_norm", dim);
          b.gatedFeedForward("", dim, hidden);
          b.norm("post_ffw_norm", dim);
        });
  }

  /** DeepSeek V2 Lite, with 4 experts of 64. */
  static void deepSeek2(Blueprint b) {
    int dim = 2048;
    int hidden = 10_944;
    int expertHidden = 1408;
    int experts = 4;
    int heads = 16;
    int rank = 512;
    int rotated = 64;
    int plain = 128;
    b.sizes(dim, hidden, heads, 163_840).rmsEpsilon().headLengths(rank + rotated, rank);
    b.key("attention.head_count_kv", 1).key("attention.kv_lora_rank", rank);
    b.key("attention.key_length_mla", plain + rotated).key("attention.value_length_mla", plain);
    b.key("rope.dimension_count", rotated).number("rope.freq_base", 10_000);
    b.key("leading_dense_block_count", 1).key("expert_count", experts).key("expert_used_count", 2);
    b.key("expert_feed_forward_length", expertHidden).key("expert_shared_count", 2);
    b.number("expert_weights_scale", 1).flag("expert_weights_norm", false);
    b.key("expert_gating_func", 1);
    b.matrix("token_embd", dim, b.vocabulary());
    b.norm("output_norm", dim);
    b.matrix("output", dim, b.vocabulary());
    b.eachLayer(
        layer -> {
          b.norm("attn_norm", dim);
          b.matrix("attn_q", dim, (long) heads * (plain + rotated));
          b.matrix("attn_kv_a_mqa", dim, rank + rotated);
          b.norm("attn_kv_a_norm", rank);
          b.matrix("attn_k_b", plain, rank, heads);
          b.matrix("attn_v_b", rank, plain, heads);
          b.residual("attn_output", (long) heads * plain, dim);
          b.norm("ffn_norm", dim);
          if (layer == 0) {
            b.gatedFeedForward("", dim, hidden);
          } else {
            b.stored(TensorType.F32, "ffn_gate_inp", dim, experts);
            b.gatedFeedForward("_exps", dim, expertHidden, experts);
            b.gatedFeedForward("_shexp", dim, 2 * expertHidden);
          }
        });
  }

  /** gpt-oss 20B, with 8 experts of 32. */
  static void gptOss(Blueprint b) {
    int dim = 2880;
    int experts = 8;
    int heads = 64;
    int keyValueHeads = 8;
    int headLength = 64;
    b.sizes(dim, dim, heads, 131_072).rmsEpsilon().headLengths(headLength, headLength);
    b.key("attention.head_count_kv", keyValueHeads).key("attention.sliding_window", 128);
    b.key("rope.dimension_count", headLength).number("rope.freq_base", 150_000);
    b.text("rope.scaling.type", "yarn").number("rope.scaling.factor", 32);
    b.key("rope.scaling.original_context_length", 4096);
    b.key("expert_count", experts).key("expert_used_count", 4);
    b.key("expert_feed_forward_length", dim);
    b.matrix("token_embd", dim, b.vocabulary());
    b.norm("output_norm", dim);
    b.matrix("output", dim, b.vocabulary());
    b.eachLayer(
        _ -> {
          b.norm("attn_norm", dim);
          b.norm("post_attention_norm", dim);
          b.attention(dim, heads, keyValueHeads, headLength, 1);
          b.bias("attn_q", (long) heads * headLength);
          b.bias("attn_k", (long) keyValueHeads * headLength);
          b.bias("attn_v", (long) keyValueHeads * headLength);
          b.bias("attn_output", dim);
          b.constant("attn_sinks.weight", 0, heads);
          b.stored(TensorType.F32, "ffn_gate_inp", dim, experts);
          b.bias("ffn_gate_inp", experts);
          for (String matrix : new String[] {"ffn_gate_exps", "ffn_up_exps", "ffn_down_exps"}) {
            b.stored(TensorType.MXFP4, matrix, dim, dim, experts);
            b.bias(matrix, dim, experts);
          }
        });
  }

  /** BGE base. */
  static void bert(Blueprint b) {
    int dim = 768;
    int hidden = 3072;
    int positions = 512;
    b.sizes(dim, hidden, 12, positions).number("attention.layer_norm_epsilon", 1e-12);
    b.key("attention.head_count_kv", 12).key("pooling_type", 2).flag("attention.causal", false);
    b.plainKey("tokenizer.ggml.token_type_count", 2);
    b.matrix("token_embd", dim, b.vocabulary());
    b.stored(TensorType.F32, "token_types", dim, 2);
    b.stored(TensorType.F32, "position_embd", dim, positions);
    b.layerNorm("token_embd_norm", dim);
    b.eachLayer(
        _ -> {
          b.attention(dim, 12, 12, dim / 12, 1);
          for (String matrix : new String[] {"attn_q", "attn_k", "attn_v", "attn_output"}) {
            b.bias(matrix, dim);
          }
          b.layerNorm("attn_output_norm", dim);
          b.matrix("ffn_up", dim, hidden);
          b.bias("ffn_up", hidden);
          b.residual("ffn_down", hidden, dim);
          b.bias("ffn_down", dim);
          b.layerNorm("layer_output_norm", dim);
        });
  }
}
