package dev.flyball.engine.quantize;

import dev.flyball.engine.gguf.GgufTensor;
import java.util.List;

/** What a tensor is for, as far as rules for its format ask; read from its name. */
enum TensorRole {
  TOKEN_EMBEDDING,
  OUTPUT,
  /** Values, also together with queries and keys or in a compressed form. */
  ATTENTION_VALUE,
  ATTENTION_KEY,
  ATTENTION_OUTPUT,
  FEED_FORWARD_DOWN,
  OTHER;

  /** Parts of names of matrices that are small, or on which much depends: they stay as they are. */
  private static final List<String> KEPT =
      List.of(
          "_norm.weight",
          "ffn_gate_inp.weight",
          "altup",
          "laurel",
          "per_layer_model_proj",
          "ssm_conv1d",
          "shortconv.conv.weight",
          "time_mix_first.weight",
          "time_mix_w0.weight",
          "time_mix_w1.weight",
          "time_mix_w2.weight",
          "time_mix_v0.weight",
          "time_mix_v1.weight",
          "time_mix_v2.weight",
          "time_mix_a0.weight",
          "time_mix_a1.weight",
          "time_mix_a2.weight",
          "time_mix_g1.weight",
          "time_mix_g2.weight",
          "time_mix_decay_w1.weight",
          "time_mix_decay_w2.weight",
          "time_mix_lerp_fused.weight",
          "attn_rel_b.weight",
          ".position_embd",
          "sam.pos_embd",
          "sam.neck.",
          "sam.net_",
          ".rel_pos",
          ".patch_embd",
          ".patch_merger");

  private static final List<String> KEPT_NAMES =
      List.of("position_embd.weight", "token_types.weight");

  static TensorRole of(String name) {
    if (name.equals("output.weight")) {
      return OUTPUT;
    }
    if (name.equals("token_embd.weight") || name.equals("per_layer_token_embd.weight")) {
      return TOKEN_EMBEDDING;
    }
    if (name.contains("attn_qkv.weight")
        || name.contains("attn_kv_b.weight")
        || name.contains("attn_v.weight")) {
      return ATTENTION_VALUE;
    }
    if (name.contains("attn_k.weight")) {
      return ATTENTION_KEY;
    }
    if (name.contains("attn_output.weight")) {
      return ATTENTION_OUTPUT;
    }
    return name.contains("ffn_down") ? FEED_FORWARD_DOWN : OTHER;
  }

  /** Whether a tensor is a matrix, or a stack of them, that may be quantised at all. */
  static boolean mayBeQuantized(GgufTensor tensor) {
    String name = tensor.name();
    return tensor.elements() > tensor.rowLength()
        && name.endsWith("weight")
        && !KEPT_NAMES.contains(name)
        && KEPT.stream().noneMatch(name::contains);
  }
}
