package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds encoders, poolings and ranking heads to their definitions, computed slowly: texts of
 * lengths about those of the cache's blocks, in plain Java and generated code.
 */
class EncoderReferenceTest {
  private static final int[] LENGTHS = {1, 15, 16, 17, 32, 33, 75};
  private static final int LAYERS = 3;

  @TempDir private Path folder;

  @Test
  void bertAddsLearnedPositionsAndNormsBehindEachAddition() {
    checkPooled("bert", Map.of("pooling_type", 1), EncoderReferenceTest::bert, this::mean);
  }

  @Test
  void bertMayTakeTheFirstTokensVector() {
    checkPooled("bert", Map.of("pooling_type", 2), EncoderReferenceTest::bert, (_, x) -> x[0]);
  }

  @Test
  void nomicBertRotatesAndGates() {
    checkPooled(
        "nomic-bert",
        Map.of("pooling_type", 1),
        (model, ids) -> layers(model, model.embed(ids), true),
        this::mean);
  }

  @Test
  void aClassificationHeadMakesScoresOfTheFirstToken() {
    checkScores("bert", Map.of(), true, EncoderReferenceTest::bert);
  }

  @Test
  void aDecodersHeadGivesTheProbabilityOfTheFirstClassAfterTheLastToken() {
    checkScores(
        "qwen3",
        Map.of("pooling_type", 4),
        false,
        (model, ids) -> {
          double[][] x = model.embed(ids);
          for (int i = 0; i < LAYERS; i++) {
            x = qwen3(model, "blk." + i + ".", x);
          }
          return model.rms("output_norm", x);
        });
  }

  @Test
  void aDecoderWithoutAHeadCannotRank() {
    SlowModel model = new SlowModel(FamilyCheck.SEED);
    double[][] x = model.embed(new int[] {1});
    for (int i = 0; i < LAYERS; i++) {
      x = qwen3(model, "blk." + i + ".", x);
    }
    model.rms("output_norm", x);
    Path file = write("qwen3", Map.of("pooling_type", 4), model);
    assertThatThrownBy(() -> ModelFamilies.load(GgufFile.open(file), ModelOptions.DEFAULT).close())
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("cls.output.weight");
  }

  @Test
  void anEncoderHasNoLogits() {
    SlowModel model = new SlowModel(FamilyCheck.SEED);
    bert(model, new int[] {1});
    try (LogitProbe probe =
        LogitProbe.open(write("bert", Map.of("pooling_type", 1), model), ModelOptions.DEFAULT)) {
      assertThatThrownBy(() -> probe.logits(TokenIds.of(1, 2)))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("no logits");
    }
  }

  /** From ids to the normed rows of the last layer. */
  private interface Definition {
    double[][] apply(SlowModel model, int[] ids);
  }

  /** What becomes of these. */
  private interface Ending {
    double[] apply(SlowModel model, double[][] x);
  }

  private static double[][] bert(SlowModel model, int[] ids) {
    double[][] x = model.embed(ids);
    float[] types = model.tensor("token_types.weight", 0, 1, SlowModel.COLUMNS, 2);
    float[] positions = model.tensor("position_embd.weight", 0, 1, SlowModel.COLUMNS, 256);
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < SlowModel.COLUMNS; i++) {
        x[t][i] += types[i] + positions[t * SlowModel.COLUMNS + i];
      }
    }
    return layers(model, x, false);
  }

  private static double[][] layers(SlowModel model, double[][] embedded, boolean nomic) {
    double[][] x = model.biasedLayerNorm("token_embd_norm", embedded);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "blk." + i + ".";
      double[][] attended = nomic ? fusedAttention(model, layer, x) : attention(model, layer, x);
      x = model.biasedLayerNorm(layer + "attn_output_norm", SlowModel.sum(pair(x, attended)));
      double[][] fed = nomic ? model.swiGlu(layer, x) : network(model, layer, x);
      x = model.biasedLayerNorm(layer + "layer_output_norm", SlowModel.sum(pair(x, fed)));
    }
    return x;
  }

  private static List<double[][]> pair(double[][] x, double[][] y) {
    return List.of(x, y);
  }

  private static double[][] attention(SlowModel model, String layer, double[][] x) {
    int keys = SlowModel.KV_HEADS * SlowModel.HEAD;
    double[][] attended =
        SlowModel.attendBothWays(
            model.biased(layer + "attn_q", x, SlowModel.HEADS * SlowModel.HEAD),
            model.biased(layer + "attn_k", x, keys),
            model.biased(layer + "attn_v", x, keys));
    return model.biased(layer + "attn_output", attended, SlowModel.COLUMNS);
  }

  private static double[][] fusedAttention(SlowModel model, String layer, double[][] x) {
    int queries = SlowModel.HEADS * SlowModel.HEAD;
    int keys = SlowModel.KV_HEADS * SlowModel.HEAD;
    double[][] fused = model.linear(layer + "attn_qkv", x, queries + 2 * keys);
    double[][] attended =
        SlowModel.attendBothWays(
            SlowModel.rope(part(fused, 0, queries), true),
            SlowModel.rope(part(fused, queries, keys), true),
            part(fused, queries + keys, keys));
    return model.linear(layer + "attn_output", attended, SlowModel.COLUMNS);
  }

  private static double[][] part(double[][] x, int from, int length) {
    return SlowModel.each(x, row -> Arrays.copyOfRange(row, from, from + length));
  }

  private static double[][] network(SlowModel model, String layer, double[][] x) {
    double[][] hidden =
        SlowModel.each(
            model.biased(layer + "ffn_up", x, SlowModel.HIDDEN),
            row -> Arrays.stream(row).map(SlowModel::gelu).toArray());
    return model.biased(layer + "ffn_down", hidden, SlowModel.COLUMNS);
  }

  private static double[][] qwen3(SlowModel model, String layer, double[][] x) {
    double[][] normed = model.rms(layer + "attn_norm", x);
    int keys = SlowModel.KV_HEADS * SlowModel.HEAD;
    double[][] q = model.linear(layer + "attn_q", normed, SlowModel.HEADS * SlowModel.HEAD);
    double[][] k = model.linear(layer + "attn_k", normed, keys);
    double[][] attended =
        SlowModel.attend(
            SlowModel.rope(model.headRms(layer + "attn_q_norm", q), true),
            SlowModel.rope(model.headRms(layer + "attn_k_norm", k), true),
            model.linear(layer + "attn_v", normed, keys),
            SlowModel.ALL);
    double[][] z =
        SlowModel.sum(pair(x, model.linear(layer + "attn_output", attended, SlowModel.COLUMNS)));
    return SlowModel.sum(pair(z, model.swiGlu(layer, model.rms(layer + "ffn_norm", z))));
  }

  private double[] mean(SlowModel model, double[][] x) {
    double[] mean = new double[SlowModel.COLUMNS];
    for (double[] row : x) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += row[i] / x.length;
      }
    }
    return mean;
  }

  private void checkPooled(
      String architecture, Map<String, Object> more, Definition definition, Ending ending) {
    SlowModel slow = new SlowModel(FamilyCheck.SEED);
    definition.apply(slow, new int[] {0});
    Path file = write(architecture, more, slow);
    for (ModelOptions options : FamilyCheck.arithmetics()) {
      try (LogitProbe probe = LogitProbe.open(file, options)) {
        for (int length : LENGTHS) {
          int[] ids = ids(length);
          double[] expected = ending.apply(slow, definition.apply(slow, ids));
          String what = architecture + " of " + length + " " + options;
          FamilyCheck.assertClose(probe.pooled(TokenIds.of(ids)), expected, what);
        }
      }
    }
  }

  private void checkScores(
      String architecture, Map<String, Object> more, boolean encoder, Definition definition) {
    SlowModel slow = new SlowModel(FamilyCheck.SEED);
    score(slow, definition.apply(slow, new int[] {0}), encoder);
    Path file = write(architecture, more, slow);
    for (ModelOptions options : FamilyCheck.arithmetics()) {
      try (LogitProbe probe = LogitProbe.open(file, options)) {
        for (int length : LENGTHS) {
          int[] ids = ids(length);
          double expected = score(slow, definition.apply(slow, ids), encoder);
          assertThat((double) probe.score(TokenIds.of(ids)))
              .as(architecture + " of " + length + " " + options)
              .isCloseTo(expected, within(2e-4));
          assertThat(probe.pooled(TokenIds.of(ids))).hasSize(SlowModel.COLUMNS);
        }
      }
    }
  }

  /** RoBERTa's head, or the first of two classes' probability. */
  private static double score(SlowModel model, double[][] x, boolean encoder) {
    if (encoder) {
      double[][] dense = model.biased("cls", new double[][] {x[0]}, SlowModel.COLUMNS);
      double[][] active =
          SlowModel.each(dense, row -> Arrays.stream(row).map(Math::tanh).toArray());
      return model.biased("cls.output", active, 1)[0][0];
    }
    double[] scores = model.linear("cls.output", new double[][] {x[x.length - 1]}, 2)[0];
    return Math.exp(scores[0]) / (Math.exp(scores[0]) + Math.exp(scores[1]));
  }

  private static int[] ids(int length) {
    return new Random(FamilyCheck.SEED + length).ints(length, 0, SlowModel.VOCABULARY).toArray();
  }

  private Path write(String architecture, Map<String, Object> more, SlowModel model) {
    Map<String, Object> keys = new HashMap<>(Map.of("block_count", LAYERS));
    if (!architecture.equals("qwen3")) {
      keys.put("attention.causal", false);
    }
    keys.putAll(more);
    return new TinyModel(architecture, FamilyCheck.keys(keys), model.tensors())
        .write(folder.resolve("tiny.gguf"));
  }
}
