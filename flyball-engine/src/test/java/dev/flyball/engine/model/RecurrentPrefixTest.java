package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Prompts that begin alike: models with a state compute the rest only, and come to the same. */
class RecurrentPrefixTest {
  private static final Path SHIPPED =
      SharedFolder.repositoryRoot().resolve("flyball-engine/src/test/resources/golden/logits");
  private static final List<String> RECURRENT =
      List.of("lfm2-q8_0", "nemotron_h-q8_0", "qwen35-f16");
  private static final long SEED = 20_261_121;
  private static final int BLOCK = 32;
  private static final int SYSTEM_TOKENS = 100;

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aPrefixThatWasComputedIsNotComputedAgain(Precision precision) {
    List<GoldenModel> models =
        GoldenModel.list(SHIPPED).stream().filter(m -> RECURRENT.contains(m.name())).toList();
    if (!GoldenModel.isFiltered()) {
      assertThat(models).hasSize(RECURRENT.size());
    }
    for (GoldenModel golden : models) {
      boolean exact = precision == Precision.EXACT;
      double tolerance = exact ? golden.tolerance() : golden.fastTolerance();
      try (LanguageModel model =
              ModelFamilies.load(GgufFile.open(golden.file()), new ModelOptions(2, 64, precision));
          KvCache cache = model.newCache(2048)) {
        check(golden.name(), model, cache, tolerance);
        cache.checkIntegrity();
      }
    }
  }

  private static void check(String name, LanguageModel model, KvCache cache, double tolerance) {
    Random random = new Random(SEED);
    int[] system = random.ints(SYSTEM_TOKENS, 0, 1000).toArray();
    for (int request = 0; request < 4; request++) {
      int[] own = random.ints(40 + request, 0, 1000).toArray();
      TokenIds prompt =
          TokenIds.of(IntStream.concat(Arrays.stream(system), Arrays.stream(own)).toArray());
      float[] expected;
      try (KvSequence alone = cache.tryReserve(prompt.size()).orElseThrow()) {
        expected = logits(model, alone, prompt);
      }
      try (KvSequence shared = cache.open(prompt)) {
        int found = shared.length();
        if (request == 1) {
          assertThat(found).as(name).isLessThanOrEqualTo(SYSTEM_TOKENS);
        } else if (request > 1) {
          assertThat(found)
              .as(name + " where prompts part")
              .isEqualTo(SYSTEM_TOKENS / BLOCK * BLOCK);
        }
        assertThat(shared.tryGrow(prompt.size() - found)).isTrue();
        float[] actual = logits(model, shared, prompt);
        for (int i = 0; i < expected.length; i++) {
          assertThat((double) actual[i]).as(name).isCloseTo(expected[i], within(tolerance));
        }
      }
    }
  }

  /** Computes what a sequence lacks of a prompt, in full batches. */
  private static float[] logits(LanguageModel model, KvSequence sequence, TokenIds prompt) {
    Batch batch = new Batch(model.maxBatchTokens());
    while (true) {
      batch.clear();
      while (batch.size() < batch.capacity() && sequence.length() < prompt.size()) {
        boolean last = sequence.length() == prompt.size() - 1;
        batch.add(
            sequence, prompt.get(sequence.length()), last ? RowOutput.LOGITS : RowOutput.NONE);
      }
      StepOutput output = model.forward(batch);
      batch.computed();
      if (sequence.length() == prompt.size()) {
        int from = output.offset(0);
        return Arrays.copyOfRange(output.values(0), from, from + output.length(0));
      }
    }
  }
}
