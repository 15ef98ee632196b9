package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prompts of latent attention in long steps, whose tokens attend with a key and a value for each
 * head, over contexts of one and of several tiles, against plain Java, which has the compressed
 * form only, and against short steps.
 */
class ExpandedAttentionTest {
  private static final long SEED = 20_261_121;
  private static final int TOKENS = 330;

  /** In units of the logits' root mean square. */
  private static final double TOLERANCE = 2e-4;

  /** Sums of another order bring some numbers to another code. */
  private static final double SAME_WHERE_ROUNDED = 0.06;

  @TempDir private static Path folder;
  private static Path file;
  private static TokenIds ids;
  private static float[] expected;

  @BeforeAll
  static void computesExactly() throws IOException {
    file = GeneratedLatent.models().getFirst().write(folder.resolve("latent.gguf"));
    ids = ids(SEED);
    expected = exact(ids);
  }

  private static TokenIds ids(long seed) {
    return TokenIds.of(new Random(seed).ints(TOKENS, 0, TinyVocabulary.SIZE - 4).toArray());
  }

  private static float[] exact(TokenIds ids) {
    try (LogitProbe probe = LogitProbe.open(file, new ModelOptions(2, 64, Precision.EXACT))) {
      return probe.logits(ids, 64);
    }
  }

  private static ModelOptions fast(int maxTokens, Optional<InstructionSet> level) {
    return new ModelOptions(2, maxTokens, Precision.FAST, level);
  }

  @Test
  void formsAreChosenByMultiplyAdds() {
    LatentLengths deepSeek2Lite = new LatentLengths(16, 512, 128, 64, 128);
    assertThat(deepSeek2Lite.isWorthExpanding(512, 512)).isTrue();
    assertThat(deepSeek2Lite.isWorthExpanding(512, 100_000)).isTrue();
    assertThat(deepSeek2Lite.isWorthExpanding(40, 40)).isTrue();
    assertThat(deepSeek2Lite.isWorthExpanding(40, 4096)).isFalse();
    assertThat(deepSeek2Lite.isWorthExpanding(1, 1)).isFalse();
    LatentLengths tiny = new LatentLengths(4, 32, 16, 8, 24);
    assertThat(tiny.isWorthExpanding(64, TOKENS)).as("the prompts of these tests").isTrue();
    assertThat(tiny.isWorthExpanding(7, TOKENS)).isFalse();
  }

  @Test
  void keysMatricesTheOtherWayRoundCountAsMemory() {
    long values = 3L * 4 * 16 * 32;
    try (GgufFile floats = GgufFile.open(file)) {
      ModelOptions options = new ModelOptions(1, 64, Precision.EXACT);
      assertThat(ModelFamilies.outline(floats, options).copiedWeightBytes())
          .isEqualTo(values * Float.BYTES);
    }
  }

  @TestFactory
  List<DynamicTest> longStepsGiveTheLogitsOfPlainJava() {
    Assumptions.assumeFalse(
        InstructionSet.supported().isEmpty(), "this machine runs no generated code");
    return InstructionSet.supported().stream()
        .map(level -> dynamicTest(level.label(), () -> checkSteps(Optional.of(level))))
        .toList();
  }

  /** Steps of 64 expand 64 tokens of the context at once, larger ones more. */
  private static void checkSteps(Optional<InstructionSet> level) {
    for (int step : new int[] {64, 256, 330}) {
      try (LogitProbe probe = LogitProbe.open(file, fast(step, level))) {
        double far = LogitDistance.relative(probe.logits(ids, step), expected);
        assertThat(far).as("steps of %d", step).isLessThan(TOLERANCE);
      }
    }
  }

  @Test
  void everyCacheGivesTheSameInLongStepsAsInShortOnes() {
    for (CacheType type : CacheType.values()) {
      ModelOptions options = fast(128, Optional.empty()).withCacheType(type);
      Assumptions.assumeTrue(options.level().isPresent(), "this machine runs no generated code");
      try (LogitProbe probe = LogitProbe.open(file, options)) {
        double far = LogitDistance.relative(probe.logits(ids, 128), probe.logits(ids, 7));
        assertThat(far).as(type.label()).isLessThan(SAME_WHERE_ROUNDED);
      }
    }
  }

  /** Steps of a part of one prompt, a token of another sequence, and a part of a third one. */
  @Test
  void longPromptsAndSingleTokensShareSteps() {
    TokenIds others = ids(SEED + 1);
    float[] expectedOfOthers = exact(others);
    try (LanguageModel model =
            ModelFamilies.load(GgufFile.open(file), fast(256, Optional.empty()));
        KvCache cache = model.newCache(4 * TOKENS);
        KvSequence first = cache.tryReserve(TOKENS).orElseThrow();
        KvSequence single = cache.tryReserve(TOKENS).orElseThrow();
        KvSequence second = cache.tryReserve(TOKENS).orElseThrow()) {
      Batch batch = new Batch(model.maxBatchTokens());
      for (int from = 0; from < TOKENS; from += 66) {
        batch.clear();
        add(batch, first, ids, from, 66);
        add(batch, single, others, from / 66, 1);
        add(batch, second, others, from, 66);
        StepOutput output = model.forward(batch);
        if (from + 66 == TOKENS) {
          assertThat(LogitDistance.relative(row(output, 0), expected)).isLessThan(TOLERANCE);
          assertThat(LogitDistance.relative(row(output, 1), expectedOfOthers))
              .isLessThan(TOLERANCE);
        }
      }
    }
  }

  private static void add(Batch batch, KvSequence sequence, TokenIds ids, int from, int count) {
    for (int i = from; i < from + count; i++) {
      batch.add(sequence, ids.get(i), i == TOKENS - 1 ? RowOutput.LOGITS : RowOutput.NONE);
    }
  }

  private static float[] row(StepOutput output, int row) {
    int from = output.offset(row);
    return Arrays.copyOfRange(output.values(row), from, from + output.length(row));
  }
}
