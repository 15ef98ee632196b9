package dev.flyball.engine.model;

import static dev.flyball.engine.model.FamilyCheck.WINDOW;
import static dev.flyball.engine.model.SlowModel.ALL;

import dev.flyball.engine.model.FamilyCheck.Definition;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds Gemma 2 and GLM-4.5, which have no golden file, to their published definitions, as {@link
 * FamilyCheck} does.
 */
class CappedAndMixedReferenceTest {
  private static final double SCORE_CAP = 1.5;
  private static final double LOGIT_CAP = 4;
  private static final int EXPERTS = 4;
  private static final int USED = 2;
  private static final double SCALE = 2.5;

  @TempDir private Path folder;

  private static DoubleUnaryOperator cap(double most) {
    return x -> most * Math.tanh(x / most);
  }

  @Test
  void gemma2CapsScoresAndLogits() {
    Map<String, Object> more =
        Map.of(
            "block_count",
            3,
            "attention.sliding_window",
            WINDOW,
            "attn_logit_softcapping",
            SCORE_CAP,
            "final_logit_softcapping",
            LOGIT_CAP);
    new FamilyCheck(folder)
        .check("gemma2", more, cap(LOGIT_CAP), CappedAndMixedReferenceTest::gemma2);
  }

  private static double[][] gemma2(SlowModel model, double[][] embedded) {
    double[][] x = SlowModel.each(embedded, row -> scaled(row, Math.sqrt(SlowModel.COLUMNS)));
    return model.rms(
        "output_norm",
        SlowModel.stream(
            3,
            x,
            (p, i, y) -> {
              double[][] attended =
                  attention(model, p, model.rms(p + "attn_norm", y), i % 2 == 0 ? WINDOW : ALL);
              double[][] z =
                  SlowModel.sum(List.of(y, model.rms(p + "post_attention_norm", attended)));
              double[][] gated = geGlu(model, p, model.rms(p + "ffn_norm", z));
              return SlowModel.sum(List.of(z, model.rms(p + "post_ffw_norm", gated)));
            }));
  }

  private static double[][] attention(SlowModel model, String p, double[][] x, int window) {
    double[][] attended =
        SlowModel.attend(
            SlowModel.rope(model.queries(p, x), true),
            SlowModel.rope(model.keys(p, x), true),
            model.values(p, x),
            window,
            cap(SCORE_CAP));
    return model.attentionOutput(p, attended);
  }

  private static double[][] geGlu(SlowModel model, String p, double[][] x) {
    double[][] gate = model.linear(p + "ffn_gate", x, SlowModel.HIDDEN);
    double[][] up = model.linear(p + "ffn_up", x, SlowModel.HIDDEN);
    for (int t = 0; t < gate.length; t++) {
      for (int i = 0; i < SlowModel.HIDDEN; i++) {
        up[t][i] *= SlowModel.gelu(gate[t][i]);
      }
    }
    return model.linear(p + "ffn_down", up, SlowModel.COLUMNS);
  }

  private static double[] scaled(double[] x, double factor) {
    return Arrays.stream(x).map(v -> v * factor).toArray();
  }

  @Test
  void glm45MixesExpertsBehindADenseLayerAndSkipsWhatPredictsFurtherTokens() {
    Map<String, Object> more =
        Map.ofEntries(
            Map.entry("block_count", 4),
            Map.entry("nextn_predict_layers", 1),
            Map.entry("leading_dense_block_count", 1),
            Map.entry("expert_count", EXPERTS),
            Map.entry("expert_used_count", USED),
            Map.entry("expert_shared_count", 1),
            Map.entry("expert_feed_forward_length", SlowModel.HIDDEN),
            Map.entry("expert_weights_norm", true),
            Map.entry("expert_weights_scale", SCALE));
    Definition definition =
        (model, x) -> {
          model.vector("blk.3.nextn.enorm.weight", SlowModel.COLUMNS);
          return glm45(model, x);
        };
    new FamilyCheck(folder).check("glm4moe", more, definition);
  }

  private static double[][] glm45(SlowModel model, double[][] x) {
    return model.rms(
        "output_norm",
        SlowModel.stream(
            3,
            x,
            (p, i, y) -> {
              double[][] normed = model.rms(p + "attn_norm", y);
              int keys = SlowModel.KEYS;
              int queries = SlowModel.QUERIES;
              double[][] q =
                  model.headRms(p + "attn_q_norm", model.biased(p + "attn_q", normed, queries));
              double[][] k =
                  model.headRms(p + "attn_k_norm", model.biased(p + "attn_k", normed, keys));
              double[][] attended =
                  SlowModel.attend(
                      SlowModel.rope(q, true),
                      SlowModel.rope(k, true),
                      model.biased(p + "attn_v", normed, keys),
                      ALL);
              double[][] z = SlowModel.sum(List.of(y, model.attentionOutput(p, attended)));
              double[][] in = model.rms(p + "post_attention_norm", z);
              return SlowModel.sum(
                  i == 0
                      ? List.of(z, model.swiGlu(p, in))
                      : List.of(z, experts(model, p, in), shared(model, p, in)));
            }));
  }

  private static double[][] shared(SlowModel model, String p, double[][] x) {
    double[][] gate = model.linear(p + "ffn_gate_shexp", x, SlowModel.HIDDEN);
    double[][] up = model.linear(p + "ffn_up_shexp", x, SlowModel.HIDDEN);
    return model.linear(p + "ffn_down_shexp", SlowModel.gate(gate, up), SlowModel.COLUMNS);
  }

  /** Chosen by the logistic function and a bias, weighed without it. */
  private static double[][] experts(SlowModel model, String p, double[][] x) {
    double[][] scores =
        SlowModel.each(
            model.linear(p + "ffn_gate_inp", x, EXPERTS),
            row -> Arrays.stream(row).map(v -> 1 / (1 + Math.exp(-v))).toArray());
    float[] bias = model.vector(p + "exp_probs_b.bias", EXPERTS);
    double[][] sum = new double[x.length][SlowModel.COLUMNS];
    for (int expert = 0; expert < EXPERTS; expert++) {
      double[][] gate = model.linear(p + "ffn_gate." + expert, x, SlowModel.HIDDEN);
      double[][] up = model.linear(p + "ffn_up." + expert, x, SlowModel.HIDDEN);
      double[][] out =
          model.linear(p + "ffn_down." + expert, SlowModel.gate(gate, up), SlowModel.COLUMNS);
      for (int t = 0; t < x.length; t++) {
        double[] score = scores[t];
        List<Integer> chosen =
            IntStream.range(0, EXPERTS)
                .boxed()
                .sorted(Comparator.comparingDouble(e -> -(score[e] + bias[e])))
                .limit(USED)
                .toList();
        double all = chosen.stream().mapToDouble(e -> score[e]).sum();
        double weight = chosen.contains(expert) ? SCALE * score[expert] / all : 0;
        for (int i = 0; i < SlowModel.COLUMNS; i++) {
          sum[t][i] += weight * out[t][i];
        }
      }
    }
    return sum;
  }
}
