package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Families of every kind of attention with keys and values in fewer bits: compressed keys, windows,
 * sinks, shared layers, recurrent layers between. The logits stay near those over floats.
 */
class CoarseCacheTest {
  private static final Path SHIPPED =
      SharedFolder.repositoryRoot().resolve("flyball-engine/src/test/resources/golden/logits");
  private static final long SEED = 20_261_121;
  private static final int TOKENS = 150;
  private static final int BLOCK = 32;

  /** Below the batch from which weights in super-blocks round activations in another way. */
  private static final int STEP = 50;

  /**
   * Most that was measured, and a little more: distance of the logits from those over floats, as a
   * part of their root mean square. These models are random, with steep attention; logits that have
   * nothing to do with each other are about 1.4 apart.
   */
  private static final Map<CacheType, Double> NEAR =
      Map.of(CacheType.Q8_0, 0.06, CacheType.Q8_0_Q4_0, 0.3, CacheType.Q4_0, 0.5);

  /** Sums of another order bring some numbers to another code. */
  private static final double SAME = 0.06;

  @BeforeAll
  static void needsGeneratedCode() {
    Assumptions.assumeTrue(
        options(CacheType.F32).level().isPresent(), "this machine runs no generated code");
  }

  private static ModelOptions options(CacheType type) {
    return new ModelOptions(2, TOKENS, Precision.FAST).withCacheType(type);
  }

  @Test
  void everyFamilyStaysNearItsLogitsOverFloats() {
    TokenIds ids = TokenIds.of(new Random(SEED).ints(TOKENS, 0, 1000).toArray());
    List<GoldenModel> models = GoldenModel.list(SHIPPED);
    assertThat(models).isNotEmpty();
    for (GoldenModel golden : models) {
      try (LogitProbe floats = LogitProbe.open(golden.file(), options(CacheType.F32))) {
        float[] expected = floats.logits(ids, STEP);
        NEAR.forEach((type, near) -> check(golden, type, ids, expected, near));
      }
    }
  }

  private static void check(
      GoldenModel golden, CacheType type, TokenIds ids, float[] expected, double near) {
    String what = golden.name() + " in " + type.label();
    try (LogitProbe probe = LogitProbe.open(golden.file(), options(type))) {
      float[] whole = probe.logits(ids, STEP);
      assertThat(LogitDistance.relative(whole, expected)).as(what).isLessThan(near);
      float[] chunked = probe.logits(ids, 7);
      assertThat(LogitDistance.relative(chunked, whole)).as(what + " by 7").isLessThan(SAME);
    }
  }

  /** The prompts are longer than these models' windows. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt-oss-q8_0", "gemma4-q8_0", "deepseek2-q8_0"})
  void aPrefixIsSharedPastTheWindow(String name) {
    GoldenModel golden =
        GoldenModel.list(SHIPPED).stream()
            .filter(model -> model.name().equals(name))
            .findFirst()
            .orElseThrow();
    TokenIds ids = TokenIds.of(new Random(SEED).ints(TOKENS, 0, 1000).toArray());
    for (CacheType type : List.of(CacheType.Q8_0, CacheType.Q4_0)) {
      try (LanguageModel model = ModelFamilies.load(GgufFile.open(golden.file()), options(type));
          KvCache cache = model.newCache(1024)) {
        float[] first = logits(model, cache, ids, 0);
        float[] again = logits(model, cache, ids, (TOKENS - 1) / BLOCK * BLOCK);
        assertThat(LogitDistance.relative(again, first)).as(type.label()).isLessThan(SAME);
        cache.checkIntegrity();
      }
    }
  }

  private static float[] logits(LanguageModel model, KvCache cache, TokenIds ids, int found) {
    try (KvSequence sequence = cache.open(ids)) {
      assertThat(sequence.length()).isEqualTo(found);
      assertThat(sequence.tryGrow(ids.size() - found)).isTrue();
      Batch batch = new Batch(model.maxBatchTokens());
      for (int i = found; i < ids.size(); i++) {
        batch.add(sequence, ids.get(i), i == ids.size() - 1 ? RowOutput.LOGITS : RowOutput.NONE);
      }
      StepOutput output = model.forward(batch);
      batch.computed();
      int offset = output.offset(0);
      return Arrays.copyOfRange(output.values(0), offset, offset + output.length(0));
    }
  }
}
