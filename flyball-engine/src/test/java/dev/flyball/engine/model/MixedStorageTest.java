package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvNamespace;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.cache.KvStorage;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Sequences of several storages take part in one step as if each were alone: but for the rounding
 * of sums, which may bring a stored number from one code to the next.
 */
class MixedStorageTest {
  private static final Path DEMO =
      SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf");
  private static final List<KvStorage> STORAGES =
      List.of(
          KvStorage.NATIVE_F16,
          KvStorage.NATIVE_Q8_0,
          KvStorage.NATIVE_F32,
          KvStorage.NATIVE_Q4_0,
          KvStorage.NATIVE_Q8_0_Q4_0);
  private static final int PROMPT = 70;

  @Test
  void aStepOfMixedStoragesGivesEachWhatItGetsAlone() {
    try (LanguageModel model =
        ModelFamilies.load(GgufFile.open(DEMO), new ModelOptions(2, 512, Precision.FAST))) {
      try (KvCache cache = model.newCache(2048)) {
        assumeTrue(cache.storage().isNative(), "no generated code here");
        List<float[]> alone = new ArrayList<>();
        for (int i = 0; i < STORAGES.size(); i++) {
          alone.addAll(run(model, cache, List.of(i)));
        }
        List<float[]> together = run(model, cache, List.of(0, 1, 2, 3, 4));
        for (int i = 0; i < STORAGES.size(); i++) {
          float tolerance = STORAGES.get(i).type().compareTo(CacheType.Q8_0) > 0 ? 0.1f : 2e-3f;
          for (int v = 0; v < alone.get(i).length; v++) {
            assertThat(together.get(i)[v]).isCloseTo(alone.get(i)[v], within(tolerance));
          }
        }
        cache.checkIntegrity();
      }
    }
  }

  /** Logits after prompts that each have a storage: prefilled in one step, then decoded in one. */
  private static List<float[]> run(LanguageModel model, KvCache cache, List<Integer> numbers) {
    List<KvSequence> sequences = new ArrayList<>();
    for (int number : numbers) {
      KvNamespace apart = new KvNamespace(numbers + " " + number);
      sequences.add(cache.open(prompt(number), apart, STORAGES.get(number)));
    }
    Batch batch = new Batch(model.maxBatchTokens());
    for (int i = 0; i < sequences.size(); i++) {
      assertThat(sequences.get(i).tryGrow(PROMPT + 1)).isTrue();
      for (int t = 0; t < PROMPT; t++) {
        batch.add(sequences.get(i), prompt(numbers.get(i)).get(t), RowOutput.NONE);
      }
    }
    model.forward(batch);
    batch.computed();
    batch.clear();
    sequences.forEach(sequence -> batch.add(sequence, 300, RowOutput.LOGITS));
    StepOutput output = model.forward(batch);
    batch.computed();
    List<float[]> logits = new ArrayList<>();
    int length = model.config().vocabularySize();
    for (int row = 0; row < sequences.size(); row++) {
      int offset = output.offset(row);
      logits.add(Arrays.copyOfRange(output.values(row), offset, offset + length));
    }
    sequences.forEach(KvSequence::close);
    return logits;
  }

  private static TokenIds prompt(int number) {
    int[] ids = new int[PROMPT];
    Arrays.setAll(ids, i -> 260 + (i * 31 + number * 17) % 200);
    return TokenIds.of(ids);
  }
}
