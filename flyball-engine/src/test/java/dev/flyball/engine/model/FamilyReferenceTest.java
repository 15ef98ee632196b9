package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds families to their published definitions, computed slowly: tiny random models, whole
 * prompts, in chunks and token by token, in plain Java and generated code.
 */
class FamilyReferenceTest {
  static final long SEED = 20_261_121;
  static final int TOKENS = 75;
  static final int WINDOW = 18;
  static final int ALL = Integer.MAX_VALUE;

  /** In units of the logits' root mean square. */
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path folder;

  /** A forward pass over embedded tokens to the normed rows before the output matrix. */
  interface Definition {
    double[][] apply(SlowModel model, double[][] x);
  }

  /** One layer: its tensors' prefix, its number, the stream before it. */
  interface Layer {
    double[][] apply(String prefix, int index, double[][] x);
  }

  static double[][] layers(int count, double[][] x, Layer layer) {
    double[][] stream = x;
    for (int i = 0; i < count; i++) {
      stream = layer.apply("blk." + i + ".", i, stream);
    }
    return stream;
  }

  /** What most layers do between their projections, by an encoding of positions. */
  private static double[][] attention(
      SlowModel model, String prefix, double[][] x, Optional<Boolean> halves, int window) {
    double[][] q = model.linear(prefix + "attn_q", x, SlowModel.HEADS * SlowModel.HEAD);
    double[][] k = model.linear(prefix + "attn_k", x, SlowModel.KV_HEADS * SlowModel.HEAD);
    double[][] v = model.linear(prefix + "attn_v", x, SlowModel.KV_HEADS * SlowModel.HEAD);
    double[][] attended =
        SlowModel.attend(
            halves.map(h -> SlowModel.rope(q, h)).orElse(q),
            halves.map(h -> SlowModel.rope(k, h)).orElse(k),
            v,
            window);
    return model.linear(prefix + "attn_output", attended, SlowModel.COLUMNS);
  }

  @Test
  void smolLm3LeavesPositionsOutOfEveryFourthLayer() {
    check(
        "smollm3",
        Map.of("block_count", 5),
        1,
        (model, x) ->
            model.rms(
                "output_norm",
                layers(
                    5,
                    x,
                    (p, i, y) -> {
                      Optional<Boolean> rope = i == 3 ? Optional.empty() : Optional.of(false);
                      double[][] normed = model.rms(p + "attn_norm", y);
                      double[][] z =
                          SlowModel.sum(List.of(y, attention(model, p, normed, rope, ALL)));
                      return SlowModel.sum(
                          List.of(z, model.swiGlu(p, model.rms(p + "ffn_norm", z))));
                    })));
  }

  @Test
  void seedOssHasBiasesOnQueriesKeysAndValues() {
    check(
        "seed_oss",
        Map.of("block_count", 2),
        1,
        (model, x) ->
            model.rms(
                "output_norm",
                layers(
                    2,
                    x,
                    (p, _, y) -> {
                      double[][] normed = model.rms(p + "attn_norm", y);
                      int keys = SlowModel.KV_HEADS * SlowModel.HEAD;
                      int queries = SlowModel.HEADS * SlowModel.HEAD;
                      double[][] attended =
                          SlowModel.attend(
                              SlowModel.rope(model.biased(p + "attn_q", normed, queries), true),
                              SlowModel.rope(model.biased(p + "attn_k", normed, keys), true),
                              model.biased(p + "attn_v", normed, keys),
                              ALL);
                      double[][] out = model.linear(p + "attn_output", attended, SlowModel.COLUMNS);
                      double[][] z = SlowModel.sum(List.of(y, out));
                      double[][] in = model.rms(p + "post_attention_norm", z);
                      return SlowModel.sum(List.of(z, model.swiGlu(p, in)));
                    })));
  }

  @Test
  void cohere2RunsAttentionAndFeedForwardInParallel() {
    check(
        "cohere2",
        Map.of("block_count", 5, "attention.sliding_window", WINDOW, "logit_scale", 0.25),
        0.25,
        (model, x) ->
            model.layerNorm(
                "output_norm",
                layers(
                    5,
                    x,
                    (p, i, y) -> {
                      boolean all = i == 3;
                      Optional<Boolean> rope = all ? Optional.empty() : Optional.of(false);
                      double[][] normed = model.layerNorm(p + "attn_norm", y);
                      return SlowModel.sum(
                          List.of(
                              y,
                              attention(model, p, normed, rope, all ? ALL : WINDOW),
                              model.swiGlu(p, normed)));
                    })));
  }

  @Test
  void exaone4NormsBehindItsBranches() {
    check("exaone4", Map.of("block_count", 3), 1, (model, x) -> exaone4(model, x, 3, false));
  }

  @Test
  void largeExaone4HasWindowsAndLeavesPositionsOutOfOtherLayers() {
    check(
        "exaone4",
        Map.of("block_count", 64, "attention.sliding_window", WINDOW),
        1,
        (model, x) -> exaone4(model, x, 64, true));
  }

  private static double[][] exaone4(SlowModel model, double[][] x, int count, boolean windows) {
    return model.rms(
        "output_norm",
        layers(
            count,
            x,
            (p, i, y) -> {
              boolean all = !windows || i % 4 == 3;
              double[][] q =
                  model.headRms(
                      p + "attn_q_norm",
                      model.linear(p + "attn_q", y, SlowModel.HEADS * SlowModel.HEAD));
              double[][] k =
                  model.headRms(
                      p + "attn_k_norm",
                      model.linear(p + "attn_k", y, SlowModel.KV_HEADS * SlowModel.HEAD));
              double[][] v = model.linear(p + "attn_v", y, SlowModel.KV_HEADS * SlowModel.HEAD);
              boolean rotated = !windows || !all;
              double[][] attended =
                  SlowModel.attend(
                      rotated ? SlowModel.rope(q, true) : q,
                      rotated ? SlowModel.rope(k, true) : k,
                      v,
                      all ? ALL : WINDOW);
              double[][] out = model.linear(p + "attn_output", attended, SlowModel.COLUMNS);
              double[][] z = SlowModel.sum(List.of(y, model.rms(p + "post_attention_norm", out)));
              return SlowModel.sum(List.of(z, model.rms(p + "post_ffw_norm", model.swiGlu(p, z))));
            }));
  }

  @Test
  void olmo3StretchesPositionsOnlyWhereEverythingIsSeen() {
    double[] stretched = Arrays.stream(SlowModel.radians()).map(r -> r / 4).toArray();
    check(
        "olmo2",
        Map.of(
            "block_count",
            5,
            "attention.sliding_window",
            WINDOW,
            "rope.scaling.type",
            "linear",
            "rope.scaling.factor",
            4.0),
        1,
        (model, x) ->
            model.rms(
                "output_norm",
                layers(
                    5,
                    x,
                    (p, i, y) -> {
                      double[] radians = i == 3 ? stretched : SlowModel.radians();
                      double[][] q =
                          model.rms(
                              p + "attn_q_norm",
                              model.linear(p + "attn_q", y, SlowModel.HEADS * SlowModel.HEAD));
                      double[][] k =
                          model.rms(
                              p + "attn_k_norm",
                              model.linear(p + "attn_k", y, SlowModel.KV_HEADS * SlowModel.HEAD));
                      double[][] attended =
                          SlowModel.attend(
                              SlowModel.rope(q, true, radians, 1),
                              SlowModel.rope(k, true, radians, 1),
                              model.linear(p + "attn_v", y, SlowModel.KV_HEADS * SlowModel.HEAD),
                              i == 3 ? ALL : WINDOW);
                      double[][] out = model.linear(p + "attn_output", attended, SlowModel.COLUMNS);
                      double[][] z =
                          SlowModel.sum(List.of(y, model.rms(p + "post_attention_norm", out)));
                      return SlowModel.sum(
                          List.of(z, model.rms(p + "post_ffw_norm", model.swiGlu(p, z))));
                    })));
  }

  @Test
  void starCoder2HasBiasesEverywhereAndNoGate() {
    check(
        "starcoder2",
        Map.of("block_count", 2),
        1,
        (model, x) ->
            model.biasedLayerNorm(
                "output_norm",
                layers(
                    2,
                    x,
                    (p, _, y) -> {
                      double[][] normed = model.biasedLayerNorm(p + "attn_norm", y);
                      int keys = SlowModel.KV_HEADS * SlowModel.HEAD;
                      double[][] q =
                          model.biased(p + "attn_q", normed, SlowModel.HEADS * SlowModel.HEAD);
                      double[][] attended =
                          SlowModel.attend(
                              SlowModel.rope(q, true),
                              SlowModel.rope(model.biased(p + "attn_k", normed, keys), true),
                              model.biased(p + "attn_v", normed, keys),
                              ALL);
                      double[][] z =
                          SlowModel.sum(
                              List.of(
                                  y, model.biased(p + "attn_output", attended, SlowModel.COLUMNS)));
                      double[][] hidden =
                          model.biased(
                              p + "ffn_up",
                              model.biasedLayerNorm(p + "ffn_norm", z),
                              SlowModel.HIDDEN);
                      double[][] active =
                          SlowModel.each(
                              hidden,
                              row -> Arrays.stream(row).map(FamilyReferenceTest::gelu).toArray());
                      return SlowModel.sum(
                          List.of(z, model.biased(p + "ffn_down", active, SlowModel.COLUMNS)));
                    })));
  }

  static double gelu(double x) {
    return x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * Math.pow(x, 3))));
  }

  @Test
  void olmoClampsQueriesKeysAndValues() {
    double most = 0.7;
    check(
        "olmo",
        Map.of("block_count", 2, "attention.clamp_kqv", most),
        1,
        (model, x) ->
            SlowModel.layerNorm(
                layers(
                    2,
                    x,
                    (p, _, y) -> {
                      double[][] normed = SlowModel.layerNorm(y);
                      int keys = SlowModel.KV_HEADS * SlowModel.HEAD;
                      double[][] q =
                          model.linear(p + "attn_q", normed, SlowModel.HEADS * SlowModel.HEAD);
                      double[][] attended =
                          SlowModel.attend(
                              SlowModel.rope(clamp(q, most), false),
                              SlowModel.rope(
                                  clamp(model.linear(p + "attn_k", normed, keys), most), false),
                              clamp(model.linear(p + "attn_v", normed, keys), most),
                              ALL);
                      double[][] z =
                          SlowModel.sum(
                              List.of(
                                  y, model.linear(p + "attn_output", attended, SlowModel.COLUMNS)));
                      return SlowModel.sum(List.of(z, model.swiGlu(p, SlowModel.layerNorm(z))));
                    })));
  }

  private static double[][] clamp(double[][] x, double most) {
    return SlowModel.each(
        x, row -> Arrays.stream(row).map(v -> Math.clamp(v, -most, most)).toArray());
  }

  @Test
  void graniteLeavesPositionsOutWhereItsFileSaysSo() {
    check(
        "granite",
        Map.of("block_count", 2, "rope.scaling.finetuned", false, "logit_scale", 4.0),
        0.25,
        (model, x) ->
            model.rms(
                "output_norm",
                layers(
                    2,
                    x,
                    (p, _, y) -> {
                      double[][] normed = model.rms(p + "attn_norm", y);
                      double[][] out = attention(model, p, normed, Optional.empty(), ALL);
                      double[][] z = SlowModel.sum(List.of(y, out));
                      return SlowModel.sum(
                          List.of(z, model.swiGlu(p, model.rms(p + "ffn_norm", z))));
                    })));
  }

  @Test
  void graniteHybridHasMambaWhereThereAreNoKeys() {
    Map<String, Object> keys = new HashMap<>(SlowMamba2.KEYS);
    keys.put("block_count", 3);
    keys.put("attention.head_count_kv", new int[] {0, SlowModel.KV_HEADS, 0});
    keys.put("rope.scaling.finetuned", false);
    keys.put("residual_scale", 0.5);
    check(
        "granitehybrid",
        keys,
        1,
        (model, x) ->
            model.rms(
                "output_norm",
                layers(
                    3,
                    x,
                    (p, i, y) -> {
                      double[][] normed = model.rms(p + "attn_norm", y);
                      double[][] out =
                          i == 1
                              ? attention(model, p, normed, Optional.empty(), ALL)
                              : new SlowMamba2(model, p).apply(normed, true);
                      double[][] z = SlowModel.sum(List.of(y, half(out)));
                      double[][] fed = model.swiGlu(p, model.rms(p + "ffn_norm", z));
                      return SlowModel.sum(List.of(z, half(fed)));
                    })));
  }

  private static double[][] half(double[][] x) {
    return SlowModel.each(x, row -> Arrays.stream(row).map(v -> v / 2).toArray());
  }

  @Test
  void falconH1RunsAttentionAndMambaInParallel() {
    Map<String, Object> keys = new HashMap<>(SlowMamba2.KEYS);
    keys.put("block_count", 2);
    check(
        "falcon-h1",
        keys,
        1,
        (model, x) ->
            model.rms(
                "output_norm",
                layers(
                    2,
                    x,
                    (p, i, y) -> {
                      double[][] normed = model.rms(p + "attn_norm", y);
                      double[][] z =
                          SlowModel.sum(
                              List.of(
                                  y,
                                  attention(model, p, normed, Optional.of(true), ALL),
                                  new SlowMamba2(model, p).apply(normed, i == 1)));
                      double[][] inner = model.rmsOf(p + "ffn_norm", z);
                      return SlowModel.sum(List.of(z, model.swiGlu(p, inner)));
                    })));
  }

  @Test
  void mistral3GrowsQueriesWithTheirPosition() {
    double growth = 0.3;
    int original = 20;
    check(
        "mistral3",
        Map.of(
            "block_count",
            2,
            "attention.temperature_scale",
            growth,
            "rope.scaling.original_context_length",
            original),
        1,
        (model, x) ->
            model.rms(
                "output_norm",
                layers(
                    2,
                    x,
                    (p, _, y) -> {
                      double[][] normed = model.rms(p + "attn_norm", y);
                      int keys = SlowModel.KV_HEADS * SlowModel.HEAD;
                      double[][] q =
                          SlowModel.rope(
                              model.linear(p + "attn_q", normed, SlowModel.HEADS * SlowModel.HEAD),
                              false);
                      for (int t = 0; t < q.length; t++) {
                        double factor =
                            1 + growth * Math.log(1 + Math.floor(t / (double) original));
                        q[t] = Arrays.stream(q[t]).map(v -> v * factor).toArray();
                      }
                      double[][] attended =
                          SlowModel.attend(
                              q,
                              SlowModel.rope(model.linear(p + "attn_k", normed, keys), false),
                              model.linear(p + "attn_v", normed, keys),
                              ALL);
                      double[][] z =
                          SlowModel.sum(
                              List.of(
                                  y, model.linear(p + "attn_output", attended, SlowModel.COLUMNS)));
                      return SlowModel.sum(
                          List.of(z, model.swiGlu(p, model.rms(p + "ffn_norm", z))));
                    })));
  }

  @Test
  void longRopeFollowsTheContextThatAModelIsRunWith() {
    Map<String, Object> keys =
        Map.of(
            "block_count",
            2,
            "rope.scaling.original_context_length",
            128,
            "rope.scaling.attn_factor",
            1.25);
    for (int context : new int[] {128, 129}) {
      check("phi3", keys, context, 1, (model, x) -> phi3(model, x, context > 128));
    }
  }

  private static double[][] phi3(SlowModel model, double[][] x, boolean isLong) {
    float[] longFactors = model.vector("rope_factors_long.weight", SlowModel.HEAD / 2);
    float[] shortFactors = model.vector("rope_factors_short.weight", SlowModel.HEAD / 2);
    double[] radians = SlowModel.radians();
    for (int pair = 0; pair < radians.length; pair++) {
      radians[pair] /= isLong ? longFactors[pair] : shortFactors[pair];
    }
    int queries = SlowModel.HEADS * SlowModel.HEAD;
    int keys = SlowModel.KV_HEADS * SlowModel.HEAD;
    int hidden = SlowModel.HIDDEN;
    return model.rms(
        "output_norm",
        layers(
            2,
            x,
            (p, _, y) -> {
              double[][] fused =
                  model.linear(p + "attn_qkv", model.rms(p + "attn_norm", y), queries + 2 * keys);
              double[][] attended =
                  SlowModel.attend(
                      SlowModel.rope(part(fused, 0, queries), true, radians, 1.25),
                      SlowModel.rope(part(fused, queries, keys), true, radians, 1.25),
                      part(fused, queries + keys, keys),
                      ALL);
              double[][] out = model.linear(p + "attn_output", attended, SlowModel.COLUMNS);
              double[][] z = SlowModel.sum(List.of(y, out));
              double[][] both =
                  model.linear(p + "ffn_up", model.rms(p + "ffn_norm", z), 2 * hidden);
              double[][] gated = SlowModel.gate(part(both, 0, hidden), part(both, hidden, hidden));
              return SlowModel.sum(
                  List.of(z, model.linear(p + "ffn_down", gated, SlowModel.COLUMNS)));
            }));
  }

  private static double[][] part(double[][] x, int from, int length) {
    return SlowModel.each(x, row -> Arrays.copyOfRange(row, from, from + length));
  }

  @Test
  void yarnsMagnitudeIsDividedByThatOfItsMultiplier() {
    RopeScaling.Yarn yarn = new RopeScaling.Yarn(16, 16_384, 1, 1, 32, 1);
    assertThat(yarn.magnitude()).isCloseTo(1.2772589, within(1e-7));
    assertThat(yarn.dividedBy(RopeScaling.Yarn.magnitude(16, 1)).magnitude())
        .isCloseTo(1, within(1e-12));
    assertThat(yarn.dividedBy(RopeScaling.Yarn.magnitude(16, 0.5)).magnitude())
        .isCloseTo(1.2772589 / 1.1386294, within(1e-7));
  }

  private void check(
      String architecture, Map<String, Object> more, double logitScale, Definition definition) {
    check(architecture, more, 0, logitScale, definition);
  }

  private void check(
      String architecture,
      Map<String, Object> more,
      int context,
      double logitScale,
      Definition definition) {
    int[] ids = new Random(SEED).ints(TOKENS, 0, SlowModel.VOCABULARY).toArray();
    SlowModel slow = new SlowModel(SEED);
    double[][] rows = definition.apply(slow, slow.embed(ids));
    double[] expected = Arrays.stream(slow.logits(rows)).map(logit -> logit * logitScale).toArray();
    Path file =
        new TinyModel(architecture, keys(more), slow.tensors()).write(folder.resolve("tiny.gguf"));
    for (ModelOptions options : arithmetics()) {
      try (LogitProbe probe = LogitProbe.open(file, options.withContextLength(context))) {
        for (int chunk : new int[] {TOKENS, 7, 1}) {
          String what = architecture + " by " + chunk + " " + options;
          assertClose(probe.logits(TokenIds.of(ids), chunk), expected, what);
        }
      }
    }
  }

  static Map<String, Object> keys(Map<String, Object> more) {
    Map<String, Object> keys = new HashMap<>();
    keys.put("context_length", 256);
    keys.put("embedding_length", SlowModel.COLUMNS);
    keys.put("feed_forward_length", SlowModel.HIDDEN);
    keys.put("attention.head_count", SlowModel.HEADS);
    keys.put("attention.head_count_kv", SlowModel.KV_HEADS);
    keys.put("attention.key_length", SlowModel.HEAD);
    keys.put("attention.value_length", SlowModel.HEAD);
    keys.put("attention.layer_norm_rms_epsilon", SlowModel.EPSILON);
    keys.put("attention.layer_norm_epsilon", SlowModel.EPSILON);
    keys.putAll(more);
    return keys;
  }

  static List<ModelOptions> arithmetics() {
    List<ModelOptions> all = new ArrayList<>();
    all.add(new ModelOptions(2, TOKENS));
    for (InstructionSet level : InstructionSet.supported()) {
      all.add(new ModelOptions(2, TOKENS, Precision.FAST, Optional.of(level)));
    }
    return all;
  }

  static void assertClose(float[] actual, double[] expected, String what) {
    double spread = Math.sqrt(Arrays.stream(expected).map(v -> v * v).average().orElseThrow());
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).as(what).isCloseTo(expected[i], within(TOLERANCE * spread));
    }
  }
}
