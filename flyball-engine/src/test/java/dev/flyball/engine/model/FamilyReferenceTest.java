package dev.flyball.engine.model;

import static dev.flyball.engine.model.FamilyCheck.WINDOW;
import static dev.flyball.engine.model.SlowModel.ALL;
import static dev.flyball.engine.model.SlowModel.COLUMNS;
import static dev.flyball.engine.model.SlowModel.KEYS;
import static dev.flyball.engine.model.SlowModel.QUERIES;
import static dev.flyball.engine.model.SlowModel.attend;
import static dev.flyball.engine.model.SlowModel.plus;
import static dev.flyball.engine.model.SlowModel.rope;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds dense families to their published definitions; see {@link FamilyCheck}. */
class FamilyReferenceTest {
  @TempDir private Path folder;

  @Test
  void smolLm3LeavesPositionsOutOfEveryFourthLayer() {
    new FamilyCheck(folder)
        .check(
            "smollm3",
            Map.of("block_count", 5),
            (model, embedded) ->
                model.layers(
                    5,
                    embedded,
                    (p, i, x) -> {
                      Optional<Boolean> halves = i == 3 ? Optional.empty() : Optional.of(false);
                      double[][] normed = model.rms(p + "attn_norm", x);
                      return model.addFed(p, plus(x, model.attention(p, normed, halves, ALL)));
                    }));
  }

  @Test
  void seedOssHasBiasesOnQueriesKeysAndValues() {
    new FamilyCheck(folder)
        .check(
            "seed_oss",
            Map.of("block_count", 2),
            (model, embedded) ->
                model.layers(
                    2,
                    embedded,
                    (p, _, x) -> {
                      double[][] normed = model.rms(p + "attn_norm", x);
                      double[][] attended =
                          attend(
                              rope(model.biased(p + "attn_q", normed, QUERIES), true),
                              rope(model.biased(p + "attn_k", normed, KEYS), true),
                              model.biased(p + "attn_v", normed, KEYS),
                              ALL);
                      double[][] z = plus(x, model.attentionOutput(p, attended));
                      return plus(z, model.swiGlu(p, model.rms(p + "post_attention_norm", z)));
                    }));
  }

  @Test
  void cohere2RunsAttentionAndFeedForwardInParallel() {
    new FamilyCheck(folder)
        .check(
            "cohere2",
            Map.of("block_count", 5, "attention.sliding_window", WINDOW, "logit_scale", 0.25),
            logit -> logit / 4,
            (model, embedded) ->
                model.layerNorm(
                    "output_norm",
                    SlowModel.stream(
                        5,
                        embedded,
                        (p, i, x) -> {
                          boolean all = i == 3;
                          Optional<Boolean> halves = all ? Optional.empty() : Optional.of(false);
                          double[][] normed = model.layerNorm(p + "attn_norm", x);
                          return SlowModel.sum(
                              List.of(
                                  x,
                                  model.attention(p, normed, halves, all ? ALL : WINDOW),
                                  model.swiGlu(p, normed)));
                        })));
  }

  @Test
  void exaone4NormsBehindItsBranches() {
    new FamilyCheck(folder)
        .check("exaone4", Map.of("block_count", 3), (model, x) -> exaone4(model, x, 3, false));
  }

  @Test
  void largeExaone4HasWindowsAndLeavesPositionsOutOfOtherLayers() {
    new FamilyCheck(folder)
        .check(
            "exaone4",
            Map.of("block_count", 64, "attention.sliding_window", WINDOW),
            (model, x) -> exaone4(model, x, 64, true));
  }

  private static double[][] exaone4(
      SlowModel model, double[][] embedded, int count, boolean windows) {
    return model.layers(
        count,
        embedded,
        (p, i, x) -> {
          boolean all = !windows || i % 4 == 3;
          double[][] q = model.headRms(p + "attn_q_norm", model.queries(p, x));
          double[][] k = model.headRms(p + "attn_k_norm", model.keys(p, x));
          boolean rotated = !windows || !all;
          double[][] attended =
              attend(
                  rotated ? rope(q, true) : q,
                  rotated ? rope(k, true) : k,
                  model.values(p, x),
                  all ? ALL : WINDOW);
          return addNormedBehind(model, p, x, attended);
        });
  }

  /** Attention and feed forward network, each with a norm behind it. */
  private static double[][] addNormedBehind(
      SlowModel model, String p, double[][] x, double[][] attended) {
    double[][] z =
        plus(x, model.rms(p + "post_attention_norm", model.attentionOutput(p, attended)));
    return plus(z, model.rms(p + "post_ffw_norm", model.swiGlu(p, z)));
  }

  @Test
  void olmo3StretchesPositionsOnlyWhereEverythingIsSeen() {
    double[] stretched = Arrays.stream(SlowModel.radians()).map(r -> r / 4).toArray();
    Map<String, Object> keys =
        Map.of(
            "block_count",
            5,
            "attention.sliding_window",
            WINDOW,
            "rope.scaling.type",
            "linear",
            "rope.scaling.factor",
            4.0);
    new FamilyCheck(folder)
        .check(
            "olmo2",
            keys,
            (model, embedded) ->
                model.layers(
                    5,
                    embedded,
                    (p, i, x) -> {
                      double[] radians = i == 3 ? stretched : SlowModel.radians();
                      double[][] q = model.rms(p + "attn_q_norm", model.queries(p, x));
                      double[][] k = model.rms(p + "attn_k_norm", model.keys(p, x));
                      double[][] attended =
                          attend(
                              rope(q, true, radians, 1),
                              rope(k, true, radians, 1),
                              model.values(p, x),
                              i == 3 ? ALL : WINDOW);
                      return addNormedBehind(model, p, x, attended);
                    }));
  }

  @Test
  void starCoder2HasBiasesEverywhereAndNoGate() {
    new FamilyCheck(folder)
        .check(
            "starcoder2",
            Map.of("block_count", 2),
            (model, embedded) ->
                model.biasedLayerNorm(
                    "output_norm",
                    SlowModel.stream(
                        2,
                        embedded,
                        (p, _, x) -> {
                          double[][] normed = model.biasedLayerNorm(p + "attn_norm", x);
                          double[][] attended =
                              attend(
                                  rope(model.biased(p + "attn_q", normed, QUERIES), true),
                                  rope(model.biased(p + "attn_k", normed, KEYS), true),
                                  model.biased(p + "attn_v", normed, KEYS),
                                  ALL);
                          double[][] z =
                              plus(x, model.biased(p + "attn_output", attended, COLUMNS));
                          double[][] inner = model.biasedLayerNorm(p + "ffn_norm", z);
                          double[][] hidden = model.biased(p + "ffn_up", inner, SlowModel.HIDDEN);
                          double[][] active = SlowModel.eachValue(hidden, SlowModel::gelu);
                          return plus(z, model.biased(p + "ffn_down", active, COLUMNS));
                        })));
  }

  @Test
  void olmoClampsQueriesKeysAndValues() {
    double most = 0.7;
    new FamilyCheck(folder)
        .check(
            "olmo",
            Map.of("block_count", 2, "attention.clamp_kqv", most),
            (model, embedded) ->
                SlowModel.layerNorm(
                    SlowModel.stream(
                        2,
                        embedded,
                        (p, _, x) -> {
                          double[][] normed = SlowModel.layerNorm(x);
                          double[][] attended =
                              attend(
                                  rope(clamp(model.queries(p, normed), most), false),
                                  rope(clamp(model.keys(p, normed), most), false),
                                  clamp(model.values(p, normed), most),
                                  ALL);
                          double[][] z = plus(x, model.attentionOutput(p, attended));
                          return plus(z, model.swiGlu(p, SlowModel.layerNorm(z)));
                        })));
  }

  private static double[][] clamp(double[][] x, double most) {
    return SlowModel.eachValue(x, v -> Math.clamp(v, -most, most));
  }
}
