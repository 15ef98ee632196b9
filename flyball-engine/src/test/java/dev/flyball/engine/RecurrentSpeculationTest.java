package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.speculate.DraftFiles;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.SpeculationOptions;
import dev.flyball.engine.speculate.Speculator;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A model with a state cannot take tokens back: nothing is guessed of it, and the receipt says so.
 */
class RecurrentSpeculationTest {
  private static final Path QWEN35 =
      SharedFolder.repositoryRoot()
          .resolve("flyball-engine/src/test/resources/golden/logits/models/qwen35-f16.gguf");
  private static final int CONTEXT = 128;

  @Test
  void aRequestToARecurrentModelIsAnsweredWithoutGuessesAndSaysWhy() {
    LanguageModel model =
        ModelFamilies.load(GgufFile.open(QWEN35), new ModelOptions(1, 64, Precision.EXACT));
    KvCache cache = model.newCache(4 * CONTEXT);
    assertThat(cache.canTakeBack()).isFalse();
    EngineOptions options =
        new EngineOptions(CONTEXT, 2, 8, 1)
            .withSpeculation(
                SpeculationOptions.of(SpeculationMode.AUTO, DraftFiles.ofAll(Path.of("none"))));
    Speculator speculator =
        new DraftModels(() -> new FreeMemory(0, 0), QWEN35, options)
            .speculator(new TestTokenizer(), cache, CONTEXT);
    try (LocalEngine engine =
        new LocalEngine(
            new ModelInfo("qwen35", "qwen35", "F16", 0, 0, CONTEXT, CONTEXT, 64),
            new TestTokenizer(),
            Optional.empty(),
            model,
            cache,
            speculator,
            options,
            System::nanoTime,
            () -> 1)) {
      RecordingListener listener = new RecordingListener();
      engine.submit(
          TestEngine.request("abcabcabcabc", TestEngine.seeded(1), 20, List.of(), true), listener);
      assertThat(listener.result().usage().output()).isEqualTo(20);
      assertThat(listener.result().trace().draftedTokens()).isZero();
      assertThat(listener.result().trace().reasons())
          .contains("no tokens guessed ahead: this kind of model cannot take tokens back");
    }
  }

  @Test
  void aSequenceWithAStateDoesNotBranch() {
    try (LanguageModel model =
            ModelFamilies.load(GgufFile.open(QWEN35), new ModelOptions(1, 64, Precision.EXACT));
        KvCache cache = model.newCache(4 * CONTEXT);
        KvSequence sequence = cache.tryReserve(8).orElseThrow()) {
      assertThatIllegalStateException().isThrownBy(sequence::branch).withMessageContaining("state");
    }
  }
}
