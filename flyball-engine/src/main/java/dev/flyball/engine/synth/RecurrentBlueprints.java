package dev.flyball.engine.synth;

import dev.flyball.kernels.TensorType;
import java.util.Set;

/** Models whose layers keep a state. Sizes are those of the makers' published configurations. */
final class RecurrentBlueprints {
  private RecurrentBlueprints() {}

  /** Qwen3.5 2B. */
  static void qwen35(Blueprint b) {
    int dim = 2048;
    int hidden = 6144;
    int deltaHeads = 16;
    int deltaLength = 128;
    int inner = deltaHeads * deltaLength;
    int headLength = 256;
    b.sizes(dim, hidden, 8, 262_144).rmsEpsilon().headLengths(headLength, headLength);
    b.key("attention.head_count_kv", 2).key("full_attention_interval", 4);
    b.key("rope.dimension_count", headLength / 4).number("rope.freq_base", 1e7);
    b.keys("rope.dimension_sections", 11, 11, 10, 0);
    b.key("ssm.conv_kernel", 4).key("ssm.state_size", deltaLength).key("ssm.inner_size", inner);
    b.key("ssm.group_count", deltaHeads).key("ssm.time_step_rank", deltaHeads);
    b.matrix("token_embd", dim, b.vocabulary());
    b.norm("output_norm", dim);
    b.eachLayer(
        layer -> {
          b.norm("attn_norm", dim);
          b.norm("post_attention_norm", dim);
          if (layer % 4 == 3) {
            b.attention(dim, 8, 2, headLength, 2);
            b.norm("attn_q_norm", headLength);
            b.norm("attn_k_norm", headLength);
          } else {
            b.matrix("attn_qkv", dim, 3L * inner);
            b.matrix("attn_gate", dim, inner);
            b.stored(TensorType.F32, "ssm_conv1d", 4, 3L * inner);
            b.constant("ssm_dt.bias", -4, deltaHeads);
            b.constant("ssm_a", -1, deltaHeads);
            b.matrix("ssm_beta", dim, deltaHeads);
            b.matrix("ssm_alpha", dim, deltaHeads);
            b.norm("ssm_norm", deltaLength);
            b.residual("ssm_out", inner, dim);
          }
          b.gatedFeedForward("", dim, hidden);
        });
  }

  /** Granite 4.0 H 1B. */
  static void graniteHybrid(Blueprint b) {
    int dim = 1536;
    int hidden = 4096;
    int mambaHeads = 48;
    int inner = mambaHeads * 64;
    int stateLength = 128;
    Set<Integer> attention = Set.of(5, 15, 25, 35);
    b.sizes(dim, hidden, 12, 131_072).rmsEpsilon().headLengths(128, 128);
    b.keyEachLayer("attention.head_count_kv", layer -> attention.contains(layer) ? 4 : 0);
    b.key("rope.dimension_count", 128).flag("rope.scaling.finetuned", false);
    b.key("ssm.conv_kernel", 4).key("ssm.state_size", stateLength).key("ssm.inner_size", inner);
    b.key("ssm.group_count", 1).key("ssm.time_step_rank", mambaHeads);
    b.matrix("token_embd", dim, b.vocabulary());
    b.norm("output_norm", dim);
    b.eachLayer(
        layer -> {
          b.norm("attn_norm", dim);
          if (attention.contains(layer)) {
            b.attention(dim, 12, 4, 128, 1);
          } else {
            int mixed = inner + 2 * stateLength;
            b.matrix("ssm_in", dim, (long) inner + mixed + mambaHeads);
            b.stored(TensorType.F32, "ssm_conv1d", 4, mixed);
            b.bias("ssm_conv1d", mixed);
            b.constant("ssm_dt.bias", -4, mambaHeads);
            b.constant("ssm_a", -1, 1, mambaHeads);
            b.constant("ssm_d", 1, 1, mambaHeads);
            b.constant("ssm_norm.weight", 1, inner, 1);
            b.residual("ssm_out", inner, dim);
          }
          b.norm("ffn_norm", dim);
          b.gatedFeedForward("", dim, hidden);
        });
  }

  /** LFM2 1.2B. */
  static void lfm2(Blueprint b) {
    int dim = 2048;
    int hidden = 8192;
    Set<Integer> attention = Set.of(2, 5, 8, 10, 12, 14);
    b.sizes(dim, hidden, 32, 128_000).rmsEpsilon();
    b.keyEachLayer("attention.head_count_kv", layer -> attention.contains(layer) ? 8 : 0);
    b.key("shortconv.l_cache", 3).number("rope.freq_base", 1e6);
    b.matrix("token_embd", dim, b.vocabulary());
    b.norm("token_embd_norm", dim);
    b.eachLayer(
        layer -> {
          b.norm("attn_norm", dim);
          b.norm("ffn_norm", dim);
          if (attention.contains(layer)) {
            b.attention(dim, 32, 8, 64, 1);
            b.norm("attn_q_norm", 64);
            b.norm("attn_k_norm", 64);
          } else {
            b.stored(TensorType.F32, "shortconv.conv", 3, dim);
            b.matrix("shortconv.in_proj", dim, 3L * dim);
            b.residual("shortconv.out_proj", dim, dim);
          }
          b.gatedFeedForward("", dim, hidden);
        });
  }
}
