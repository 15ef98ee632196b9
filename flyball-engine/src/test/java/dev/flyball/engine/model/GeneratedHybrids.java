package dev.flyball.engine.model;

import static dev.flyball.engine.model.GeneratedModel.COLUMNS;
import static dev.flyball.engine.model.GeneratedModel.EXPERT_HIDDEN;
import static dev.flyball.engine.model.GeneratedModel.HEAD;
import static dev.flyball.engine.model.GeneratedModel.HEADS;
import static dev.flyball.engine.model.GeneratedModel.KV_HEADS;

import java.util.List;

/** Generated models some of whose layers have a state in place of attention, or beside it. */
final class GeneratedHybrids {
  private static final int TAPS = 4;
  private static final int SSM_HEADS = 8;
  private static final int SSM_GROUPS = 2;
  private static final int SSM_STATE = 16;
  private static final int SSM_INNER = 128;
  private static final int SIGMOID = 2;

  private GeneratedHybrids() {}

  static List<GeneratedModel> models() {
    return List.of(
        falconH1("falcon-h1", true),
        falconH1("falcon-h1-plain", false),
        graniteHybrid(),
        graniteHybridMoe(),
        lfm2Moe(),
        nemotron3(),
        qwen35Moe());
  }

  private static GeneratedModel mamba2Keys(GeneratedModel model) {
    return model
        .key("ssm.conv_kernel", TAPS)
        .key("ssm.inner_size", SSM_INNER)
        .key("ssm.state_size", SSM_STATE)
        .key("ssm.time_step_rank", SSM_HEADS)
        .key("ssm.group_count", SSM_GROUPS);
  }

  private static GeneratedModel mamba2(GeneratedModel model, String p, boolean normed) {
    int mixed = SSM_INNER + 2 * SSM_GROUPS * SSM_STATE;
    model
        .linear(p + "ssm_in", COLUMNS, SSM_INNER + mixed + SSM_HEADS)
        .tensor(p + "ssm_conv1d.weight", 0, 0.7, TAPS, mixed)
        .bias(p + "ssm_conv1d", mixed)
        .tensor(p + "ssm_dt.bias", 0, 1, SSM_HEADS)
        .tensor(p + "ssm_a", -0.5, 0.1, 1, SSM_HEADS)
        .tensor(p + "ssm_d", 1, 0.3, 1, SSM_HEADS)
        .linear(p + "ssm_out", SSM_INNER, COLUMNS);
    return normed
        ? model.tensor(p + "ssm_norm.weight", 1, 0.4, SSM_INNER / SSM_GROUPS, SSM_GROUPS)
        : model;
  }

  private static GeneratedModel falconH1(String name, boolean normed) {
    GeneratedModel model = mamba2Keys(new GeneratedModel(name, "falcon-h1").rmsEpsilon());
    model.layers(
        3,
        (p, _) -> {
          model.norm(p + "attn_norm").attention(p);
          mamba2(model, p, normed).tensor(p + "ffn_norm", 1, 0.4, COLUMNS).gated(p);
        });
    return model.norm("output_norm").output();
  }

  private static GeneratedModel graniteHybrid() {
    GeneratedModel model =
        mamba2Keys(
            new GeneratedModel("granitehybrid", "granitehybrid")
                .rmsEpsilon()
                .key("attention.head_count_kv", new int[] {0, KV_HEADS, 0, KV_HEADS})
                .key("rope.scaling.finetuned", false)
                .key("residual_scale", 0.4)
                .key("embedding_scale", 1.5)
                .key("attention.scale", 0.11)
                .key("logit_scale", 3.0));
    model.layers(
        4,
        (p, i) -> {
          model.norm(p + "attn_norm");
          mambaOrAttention(model, p, i % 2 == 1);
          model.norm(p + "ffn_norm").gated(p);
        });
    return model.norm("output_norm");
  }

  private static GeneratedModel graniteHybridMoe() {
    GeneratedModel model =
        mamba2Keys(
            new GeneratedModel("granitehybrid-moe", "granitehybrid")
                .rmsEpsilon()
                .expertKeys()
                .key("feed_forward_length", EXPERT_HIDDEN)
                .key("attention.head_count_kv", new int[] {0, 0, KV_HEADS})
                .key("rope.scaling.finetuned", true)
                .key("expert_shared_feed_forward_length", 48)
                .key("residual_scale", 0.4)
                .key("embedding_scale", 1.5)
                .key("attention.scale", 0.11)
                .key("logit_scale", 3.0));
    model.layers(
        3,
        (p, i) -> {
          model.norm(p + "attn_norm");
          mambaOrAttention(model, p, i == 2);
          model.norm(p + "ffn_norm").experts(p).shared(p, 48);
        });
    return model.norm("output_norm");
  }

  private static void mambaOrAttention(GeneratedModel model, String p, boolean attention) {
    if (attention) {
      model.attention(p);
    } else {
      mamba2(model, p, true);
    }
  }

  private static GeneratedModel lfm2Moe() {
    GeneratedModel model =
        new GeneratedModel("lfm2moe", "lfm2moe")
            .rmsEpsilon()
            .expertKeys()
            .key("attention.head_count_kv", new int[] {0, KV_HEADS, 0, KV_HEADS})
            .key("shortconv.l_cache", 3)
            .key("leading_dense_block_count", 2)
            .key("expert_gating_func", SIGMOID)
            .norm("token_embd_norm");
    return model.layers(
        4,
        (p, i) -> {
          model.norm(p + "attn_norm");
          if (i % 2 == 1) {
            model.attention(p).headNorms(p);
          } else {
            model
                .linear(p + "shortconv.in_proj", COLUMNS, 3 * COLUMNS)
                .tensor(p + "shortconv.conv.weight", 0, 0.7, 3, COLUMNS)
                .linear(p + "shortconv.out_proj", COLUMNS, COLUMNS);
          }
          model.norm(p + "ffn_norm");
          if (i < 2) {
            model.gated(p);
          } else {
            model.experts(p).expertChoice(p);
          }
        });
  }

  private static GeneratedModel nemotron3() {
    int[] hidden = {0, EXPERT_HIDDEN, 0, 0, EXPERT_HIDDEN};
    GeneratedModel model =
        mamba2Keys(
            new GeneratedModel("nemotron_h_moe", "nemotron_h_moe")
                .rmsEpsilon()
                .layerEpsilon()
                .expertKeys()
                .key("feed_forward_length", hidden)
                .key("attention.head_count_kv", new int[] {0, 0, KV_HEADS, 0, 0})
                .key("expert_shared_feed_forward_length", 64)
                .key("expert_shared_count", 1)
                .key("expert_weights_norm", true)
                .key("expert_weights_scale", 2.5));
    model.layers(
        5,
        (p, i) -> {
          model.norm(p + "attn_norm");
          if (hidden[i] == 0) {
            mambaOrAttention(model, p, i == 2);
          } else {
            model.ungatedExperts(p).expertChoice(p).ungated(p, "_shexp", 64);
          }
        });
    return model.norm("output_norm").output();
  }

  private static GeneratedModel qwen35Moe() {
    int valueHeads = 4;
    int keyHeads = 2;
    int length = 16;
    int mixed = (2 * keyHeads + valueHeads) * length;
    GeneratedModel model =
        new GeneratedModel("qwen35moe", "qwen35moe")
            .rmsEpsilon()
            .expertKeys()
            .key("expert_shared_feed_forward_length", 48)
            .key("full_attention_interval", 4)
            .key("rope.dimension_count", HEAD / 2)
            .key("rope.dimension_sections", new int[] {2, 1, 1, 0})
            .key("ssm.conv_kernel", TAPS)
            .key("ssm.state_size", length)
            .key("ssm.group_count", keyHeads)
            .key("ssm.time_step_rank", valueHeads)
            .key("ssm.inner_size", valueHeads * length);
    model.layers(
        4,
        (p, i) -> {
          model.norm(p + "attn_norm");
          if (i == 3) {
            model
                .linear(p + "attn_q", COLUMNS, 2 * HEADS * HEAD)
                .linear(p + "attn_k", COLUMNS, KV_HEADS * HEAD)
                .linear(p + "attn_v", COLUMNS, KV_HEADS * HEAD)
                .linear(p + "attn_output", HEADS * HEAD, COLUMNS)
                .headNorms(p);
          } else {
            model
                .linear(p + "attn_qkv", COLUMNS, mixed)
                .linear(p + "attn_gate", COLUMNS, valueHeads * length)
                .linear(p + "ssm_beta", COLUMNS, valueHeads)
                .linear(p + "ssm_alpha", COLUMNS, valueHeads)
                .tensor(p + "ssm_dt.bias", 0, 1, valueHeads)
                .tensor(p + "ssm_a", -0.5, 0.1, valueHeads)
                .tensor(p + "ssm_conv1d.weight", 0, 0.7, TAPS, mixed)
                .norm(p + "ssm_norm", length)
                .linear(p + "ssm_out", valueHeads * length, COLUMNS);
          }
          model
              .norm(p + "post_attention_norm")
              .experts(p)
              .shared(p, 48)
              .tensor(p + "ffn_gate_inp_shexp.weight", 0, 0.2, COLUMNS);
        });
    return model.norm("output_norm").output();
  }
}
