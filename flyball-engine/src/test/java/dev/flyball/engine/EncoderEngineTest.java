package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The tiny BERT of the golden data, behind the engine's facade. */
class EncoderEngineTest {
  private static final Path BERT =
      SharedFolder.repositoryRoot()
          .resolve("flyball-engine/src/test/resources/golden/logits/models/bert-q8_0.gguf");

  private static final EngineOptions OPTIONS = new EngineOptions(0, 3, 500, 2);

  @Test
  void textsOfAllLengthsAreEmbeddedTogetherAsAlone() {
    long seed = 77;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<TokenIds> texts = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      texts.add(TokenIds.of(random.ints(1 + random.nextInt(512), 0, 1024).toArray()));
    }
    try (Engine engine = new LocalEngines().load(BERT, OPTIONS);
        LogitProbe probe = LogitProbe.open(BERT, new ModelOptions(2, 512, Precision.FAST))) {
      List<CompletableFuture<float[]>> vectors = texts.stream().map(engine::embed).toList();
      for (int i = 0; i < texts.size(); i++) {
        float[] alone = probe.pooled(texts.get(i));
        float[] together = vectors.get(i).join();
        for (int j = 0; j < alone.length; j++) {
          assertThat(together[j]).as("text " + i).isCloseTo(alone[j], within(1e-3f));
        }
      }
    }
  }

  @Test
  void itSaysWhatItIsForAndRefusesTheRest() {
    try (Engine engine = new LocalEngines().load(BERT, OPTIONS)) {
      assertThat(engine.info().uses()).containsExactly(ModelUse.EMBED);
      assertThat(engine.submit(TestEngine.greedy("a", 1), new RecordingListener()))
          .isEqualTo(new Submission.NotGenerative());
      assertRefused(engine.rank(TokenIds.of(1)), "cannot rank", "no ranking head");
      assertRefused(
          engine.embed(TokenIds.of(new int[513])), "513 tokens; 1 to 512", "with this model");
      assertRefused(engine.pin(TokenIds.of(1)), "refused");
    }
    try (Engine engine = new LocalEngines().load(BERT, new EngineOptions(100, 1, 9, 1))) {
      assertRefused(
          engine.embed(TokenIds.of(new int[101])), "101 tokens; 1 to 100", "512 that it could");
      assertThat(engine.embed(TokenIds.of(new int[100])).join()).hasSize(64);
    }
  }

  @Test
  void keysAndValuesTakeTheRoomOfOneLayer() {
    MemoryEstimate need = new LocalEngines().estimate(BERT, OPTIONS);
    // 3 texts of 512 tokens, 64 values of a key and 64 of a value, in halves or floats
    assertThat(need.cache()).isBetween(3 * 512 * 128 * 2L, 3 * 512 * 128 * 4L);
  }

  @Test
  void aCancelledTextLeavesTheOthersAlone() {
    try (Engine engine = new LocalEngines().load(BERT, OPTIONS)) {
      List<CompletableFuture<float[]>> vectors = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        vectors.add(engine.embed(TokenIds.of(new int[400])));
      }
      for (int i = 0; i < 40; i += 2) {
        vectors.get(i).cancel(false);
      }
      float[] expected = engine.embed(TokenIds.of(new int[400])).join();
      for (int i = 1; i < 40; i += 2) {
        assertThat(vectors.get(i).join()).containsExactly(expected, within(1e-3f));
      }
    }
  }

  private static void assertRefused(CompletableFuture<?> result, String... reasons) {
    assertThatThrownBy(result::join)
        .cause()
        .hasMessageContainingAll(reasons)
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.error()).isEqualTo(EngineError.INVALID_INPUT));
  }
}
