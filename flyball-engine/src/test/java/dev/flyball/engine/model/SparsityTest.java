package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufFingerprint;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.sparsity.GateMagnitudes;
import dev.flyball.engine.sparsity.GateThresholds;
import dev.flyball.engine.sparsity.GateUse;
import dev.flyball.engine.sparsity.SparsityTable;
import dev.flyball.engine.sparsity.SparsityWish;
import dev.flyball.kernels.simd.InstructionSet;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thresholds of gates in whole models: the demo model, and families that have none. */
class SparsityTest {
  private static final Path ROOT = SharedFolder.repositoryRoot();
  private static final Path DEMO = ROOT.resolve("models/fable-5m-q8_0.gguf");
  private static final Path SHIPPED =
      ROOT.resolve("flyball-engine/src/test/resources/golden/logits/models");
  private static final int TOKENS = 40;

  /** Relative to the length of the logits: rounding to eight bits in another order. */
  private static final double ROUNDING = 0.02;

  @Test
  void withThresholdsOfZeroTheModelIsTheDenseOne() {
    assumeGeneratedCode();
    float[] dense = tokenByToken(GateUse.ALL_OPEN, Precision.FAST);
    GateThresholds zero = table().thresholds(0);

    float[] sparse = tokenByToken(zero, Precision.FAST);

    assertThat(distance(sparse, dense)).isLessThan(ROUNDING);
    assertThat(zero.neurons()).isEqualTo(TOKENS * 6L * 768);
    assertThat(zero.skipped()).isZero();
  }

  @Test
  void skippedNeuronsAreThoseOfPlainJavaAndOfAWholePrompt() {
    assumeGeneratedCode();
    SparsityTable table = table();
    float[] dense = tokenByToken(GateUse.ALL_OPEN, Precision.EXACT);
    float[] exact = tokenByToken(table.thresholds(0.5), Precision.EXACT);
    GateThresholds thresholds = table.thresholds(0.5);

    float[] sparse = tokenByToken(thresholds, Precision.FAST);
    float[] prompt = prompt(table.thresholds(0.5), Precision.FAST);

    assertThat(distance(exact, dense)).isGreaterThan(0.03);
    assertThat(distance(sparse, exact)).isLessThan(0.05);
    assertThat(distance(prompt, sparse)).isLessThan(0.05);
    assertThat((double) thresholds.skipped() / thresholds.neurons()).isBetween(0.35, 0.65);
  }

  @Test
  void aTableOfAnotherModelIsRefused(@TempDir Path folder) {
    Path file = folder.resolve("other.sparsity");
    new SparsityTable("0".repeat(64), 1, table().percentiles()).write(file);
    SparsityWish wish = new SparsityWish(0.5, Optional.of(file));
    try (GgufFile demo = GgufFile.open(DEMO)) {
      assertThatThrownBy(() -> wish.thresholds(DEMO, demo))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.error()).isEqualTo(EngineError.INVALID_INPUT))
          .hasMessageContaining("another model");
      table().write(file);
      assertThat(wish.thresholds(DEMO, demo).networks()).isEqualTo(6);
    }
  }

  @Test
  void modelsWithExpertsOrWithoutGatesAreRefusedWithTheReason() {
    assertRefused("qwen3moe-q4_0", "experts");
    assertRefused("nemotron_h-q8_0", "no gate");
  }

  private static void assertRefused(String model, String reason) {
    try (GgufFile file = GgufFile.open(SHIPPED.resolve(model + ".gguf"))) {
      ModelOptions options = ModelOptions.DEFAULT.withGates(new GateMagnitudes());
      assertThatThrownBy(() -> ModelFamilies.load(file, options))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.error()).isEqualTo(EngineError.UNSUPPORTED_MODEL))
          .hasMessageContaining(reason);
    }
  }

  /** Of the gates that the model has on the tokens that the tests run. */
  private static SparsityTable table() {
    GateMagnitudes magnitudes = new GateMagnitudes();
    prompt(magnitudes, Precision.EXACT);
    try (GgufFile file = GgufFile.open(DEMO)) {
      return new SparsityTable(GgufFingerprint.of(file), TOKENS, magnitudes.percentiles());
    }
  }

  /** The logits behind the last token, each token in a step of its own. */
  private static float[] tokenByToken(GateUse gates, Precision precision) {
    return logits(gates, precision, 1);
  }

  /** The logits behind the last token, all of them in one step. */
  private static float[] prompt(GateUse gates, Precision precision) {
    return logits(gates, precision, TOKENS);
  }

  private static float[] logits(GateUse gates, Precision precision, int stepTokens) {
    ModelOptions options = new ModelOptions(2, TOKENS, precision).withGates(gates);
    Batch batch = new Batch(stepTokens);
    float[] logits = {};
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(DEMO), options);
        KvCache cache = model.newCache(2 * TOKENS);
        KvSequence sequence = cache.tryReserve(TOKENS).orElseThrow()) {
      for (int token = 0; token < TOKENS; token += stepTokens) {
        batch.clear();
        for (int i = 0; i < stepTokens; i++) {
          batch.add(sequence, (token + i) * 37 % 2000, RowOutput.LOGITS);
        }
        StepOutput output = model.forward(batch);
        int row = output.rows() - 1;
        int from = output.offset(row);
        logits = Arrays.copyOfRange(output.values(row), from, from + output.length(row));
      }
    }
    return logits;
  }

  private static double distance(float[] a, float[] b) {
    double squares = 0;
    double length = 0;
    for (int i = 0; i < a.length; i++) {
      squares += Math.pow(a[i] - b[i], 2);
      length += Math.pow(b[i], 2);
    }
    return Math.sqrt(squares / length);
  }

  private static void assumeGeneratedCode() {
    Assumptions.assumeTrue(
        InstructionSet.ofThisProcess().isPresent(), "this machine runs no generated code");
  }
}
