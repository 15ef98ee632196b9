package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.GoldenModel.Prompt;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.units.TokenIds;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Neither a window, nor sinks, nor layers that attend to others' keys, nor compressed keys hinder
 * sharing a prefix or taking tokens back: the logits stay llama.cpp's.
 */
class WindowedPrefixTest {
  private static final long SEED = 20_261_123;
  private static final int CHUNK = 64;
  private static final int GUESSED = 9;
  private static final int BLOCK_TOKENS = 32;

  @ParameterizedTest
  @ValueSource(strings = {"gpt-oss-q8_0", "gemma4-q8_0", "deepseek2-q8_0"})
  void foundPrefixAndTokensTakenBackLeaveTheLogitsAsTheyAre(String name) {
    for (Precision precision : Precision.values()) {
      ModelOptions options = new ModelOptions(2, 256, precision);
      Assumptions.assumeTrue(
          precision == Precision.EXACT || options.level().isPresent(),
          "this machine runs no generated code");
      GoldenModel golden = golden(name);
      double tolerance = precision == Precision.EXACT ? golden.tolerance() : golden.fastTolerance();
      try (LanguageModel model = ModelFamilies.load(GgufFile.open(golden.file()), options);
          KvCache cache = model.newCache(1024)) {
        Prompt prompt = golden.prompts().getLast();
        assertClose(logits(model, cache, prompt.ids(), 0), prompt.logits(), tolerance);
        int shared = (prompt.ids().size() - 1) / BLOCK_TOKENS * BLOCK_TOKENS;
        assertClose(logits(model, cache, prompt.ids(), shared), prompt.logits(), tolerance);
        cache.checkIntegrity();
      }
    }
  }

  private static GoldenModel golden(String name) {
    return GoldenModel.list(
            SharedFolder.repositoryRoot()
                .resolve("flyball-engine/src/test/resources/golden/logits"))
        .stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Of the last token, after others in its place were computed and taken back. */
  private static float[] logits(LanguageModel model, KvCache cache, TokenIds ids, int shared) {
    try (KvSequence sequence = cache.open(ids)) {
      assertThat(sequence.length()).isEqualTo(shared);
      int last = ids.size() - 1;
      for (int from = shared; from < last; from += CHUNK) {
        forward(model, sequence, part(ids, from, Math.min(last, from + CHUNK)));
      }
      int[] guessed = new Random(SEED).ints(GUESSED, 0, 1000).toArray();
      forward(model, sequence, TokenIds.of(guessed));
      sequence.truncate(last);
      return forward(model, sequence, part(ids, last, ids.size()));
    }
  }

  private static TokenIds part(TokenIds ids, int from, int end) {
    return TokenIds.of(Arrays.copyOfRange(ids.toArray(), from, end));
  }

  private static float[] forward(LanguageModel model, KvSequence sequence, TokenIds ids) {
    assertThat(sequence.tryGrow(ids.size())).isTrue();
    Batch batch = new Batch(model.maxBatchTokens());
    for (int i = 0; i < ids.size(); i++) {
      batch.add(sequence, ids.get(i), i == ids.size() - 1 ? RowOutput.LOGITS : RowOutput.NONE);
    }
    StepOutput output = model.forward(batch);
    sequence.computed();
    int offset = output.offset(0);
    return Arrays.copyOfRange(output.values(0), offset, offset + output.length(0));
  }

  private static void assertClose(float[] actual, float[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(tolerance));
    }
  }
}
