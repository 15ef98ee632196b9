package dev.flyball.engine.model;

import static dev.flyball.engine.model.SlowModel.ALL;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds hybrid models whose networks are mixtures of experts to their published definitions, as
 * {@link FamilyCheck} does.
 */
class HybridExpertsReferenceTest {
  private static final int EXPERTS = 5;
  private static final int USED = 2;
  private static final double SCALE = 2.5;
  private static final int TAPS = 3;

  @TempDir private Path folder;

  /** What becomes of a row within an expert. */
  private interface Expert {
    double[][] apply(int expert, double[][] x);
  }

  @Test
  void lfm2MoeHasExpertsBehindItsDenseLayers() {
    Map<String, Object> keys = expertKeys();
    keys.put("block_count", 3);
    keys.put("attention.head_count_kv", new int[] {0, SlowModel.KV_HEADS, 0});
    keys.put("shortconv.l_cache", TAPS);
    keys.put("leading_dense_block_count", 1);
    keys.put("expert_gating_func", 2);
    new FamilyCheck(folder).check("lfm2moe", keys, HybridExpertsReferenceTest::lfm2);
  }

  private static double[][] lfm2(SlowModel model, double[][] embedded) {
    return model.rms(
        "token_embd_norm",
        SlowModel.stream(
            3,
            embedded,
            (p, i, y) -> {
              double[][] in = model.rms(p + "attn_norm", y);
              double[][] mixed = i == 1 ? normedAttention(model, p, in) : convolved(model, p, in);
              double[][] z = SlowModel.sum(List.of(y, mixed));
              double[][] inner = model.rms(p + "ffn_norm", z);
              double[][] fed =
                  i == 0
                      ? model.swiGlu(p, inner)
                      : mix(model, p, inner, 1, (e, x) -> gated(model, p, e, x));
              return SlowModel.sum(List.of(z, fed));
            }));
  }

  private static double[][] normedAttention(SlowModel model, String p, double[][] x) {
    double[][] q = model.headRms(p + "attn_q_norm", model.queries(p, x));
    double[][] k = model.headRms(p + "attn_k_norm", model.keys(p, x));
    double[][] v = model.values(p, x);
    double[][] attended =
        SlowModel.attend(SlowModel.rope(q, true), SlowModel.rope(k, true), v, ALL);
    return model.attentionOutput(p, attended);
  }

  /** {@code out @ (c * conv(b * x))} of the rows {@code b, c, x}. */
  private static double[][] convolved(SlowModel model, String p, double[][] in) {
    int columns = SlowModel.COLUMNS;
    double[][] all = model.linear(p + "shortconv.in_proj", in, 3 * columns);
    float[] taps = model.tensor(p + "shortconv.conv.weight", 0, 0.7, TAPS, columns);
    double[][] out = new double[in.length][columns];
    for (int t = 0; t < in.length; t++) {
      for (int c = 0; c < columns; c++) {
        for (int back = 0; back < TAPS && back <= t; back++) {
          double[] past = all[t - back];
          out[t][c] += taps[c * TAPS + TAPS - 1 - back] * past[c] * past[2 * columns + c];
        }
        out[t][c] *= all[t][columns + c];
      }
    }
    return model.linear(p + "shortconv.out_proj", out, columns);
  }

  private static double[][] gated(SlowModel model, String p, int expert, double[][] x) {
    double[][] gate = model.linear(p + "ffn_gate." + expert, x, SlowModel.HIDDEN);
    double[][] up = model.linear(p + "ffn_up." + expert, x, SlowModel.HIDDEN);
    return model.linear(p + "ffn_down." + expert, SlowModel.gate(gate, up), SlowModel.COLUMNS);
  }

  @Test
  void nemotron3HasExpertsWithoutGateAndASharedOne() {
    Map<String, Object> keys = expertKeys();
    keys.putAll(SlowMamba2.KEYS);
    keys.put("block_count", 4);
    keys.put("attention.head_count_kv", new int[] {0, 0, SlowModel.KV_HEADS, 0});
    keys.put("feed_forward_length", new int[] {0, SlowModel.HIDDEN, 0, SlowModel.HIDDEN});
    keys.put("expert_shared_feed_forward_length", 2 * SlowModel.HIDDEN);
    keys.put("expert_weights_norm", true);
    keys.put("expert_weights_scale", SCALE);
    new FamilyCheck(folder).check("nemotron_h_moe", keys, HybridExpertsReferenceTest::nemotron);
  }

  private static double[][] nemotron(SlowModel model, double[][] embedded) {
    return model.rms(
        "output_norm",
        SlowModel.stream(
            4,
            embedded,
            (p, i, y) -> {
              double[][] x = model.rms(p + "attn_norm", y);
              return switch (i) {
                case 0 -> SlowModel.sum(List.of(y, new SlowMamba2(model, p).apply(x, true)));
                case 2 -> SlowModel.sum(List.of(y, model.attention(p, x, Optional.empty(), ALL)));
                default ->
                    SlowModel.sum(
                        List.of(
                            y,
                            mix(
                                model,
                                p,
                                x,
                                SCALE,
                                (e, in) -> squared(model, p, "." + e, SlowModel.HIDDEN, in)),
                            squared(model, p, "_shexp", 2 * SlowModel.HIDDEN, x)));
              };
            }));
  }

  private static double[][] squared(
      SlowModel model, String p, String suffix, int hidden, double[][] x) {
    double[][] up =
        SlowModel.each(
            model.linear(p + "ffn_up" + suffix, x, hidden),
            row -> Arrays.stream(row).map(v -> v > 0 ? v * v : 0).toArray());
    return model.linear(p + "ffn_down" + suffix, up, SlowModel.COLUMNS);
  }

  /** Chosen by the logistic function and a bias, weighed without it to the sum of {@code scale}. */
  private static double[][] mix(
      SlowModel model, String p, double[][] x, double scale, Expert expert) {
    double[][] scores =
        SlowModel.each(
            model.linear(p + "ffn_gate_inp", x, EXPERTS),
            row -> Arrays.stream(row).map(v -> 1 / (1 + Math.exp(-v))).toArray());
    float[] bias = model.tensor(p + "exp_probs_b.bias", 0, 0.3, EXPERTS);
    double[][] sum = new double[x.length][SlowModel.COLUMNS];
    for (int e = 0; e < EXPERTS; e++) {
      double[][] out = expert.apply(e, x);
      for (int t = 0; t < x.length; t++) {
        double weight = scale * weight(scores[t], bias, e);
        for (int i = 0; i < SlowModel.COLUMNS; i++) {
          sum[t][i] += weight * out[t][i];
        }
      }
    }
    return sum;
  }

  private static double weight(double[] scores, float[] bias, int expert) {
    List<Integer> chosen =
        IntStream.range(0, EXPERTS)
            .boxed()
            .sorted(Comparator.comparingDouble(e -> -(scores[e] + bias[e])))
            .limit(USED)
            .toList();
    double all = chosen.stream().mapToDouble(e -> scores[e]).sum();
    return chosen.contains(expert) ? scores[expert] / all : 0;
  }

  private static Map<String, Object> expertKeys() {
    return new HashMap<>(
        Map.of(
            "expert_count", EXPERTS,
            "expert_used_count", USED,
            "expert_feed_forward_length", SlowModel.HIDDEN));
  }
}
