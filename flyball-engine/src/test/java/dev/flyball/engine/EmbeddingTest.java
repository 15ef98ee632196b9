package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.model.Pooling;
import dev.flyball.units.TokenIds;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EmbeddingTest {
  private static final TokenIds TEXT =
      TokenIds.of(IntStream.range(0, TestEngine.CONTEXT).map(i -> i % 26).toArray());

  @Test
  void vectorsArePooledAsTheModelSaysOverAllChunks() {
    double meanToken = TEXT.stream().average().orElseThrow();
    double meanPosition = (TEXT.size() - 1) / 2.0;
    float[] mean = {(float) meanToken, (float) meanPosition};
    assertThat(embed(Pooling.MEAN)).isEqualTo(mean);
    assertThat(embed(Pooling.NONE)).isEqualTo(mean);
    assertThat(embed(Pooling.CLS)).isEqualTo(new float[] {0, 0});
    assertThat(embed(Pooling.LAST)).isEqualTo(new float[] {13, 39});
  }

  @Test
  void embeddingsAndGenerationsShareSteps() {
    try (TestEngine engine = TestEngine.open()) {
      RecordingListener generation = new RecordingListener();
      engine.submit(TestEngine.greedy("steam", 30), generation);
      CompletableFuture<float[]> first = engine.engine.embed(TokenIds.of(4));
      CompletableFuture<float[]> second = engine.engine.embed(TokenIds.of(5, 7));
      assertThat(first.join()).containsExactly(4, 0);
      assertThat(second.join()).containsExactly(6, 0.5f);
      assertThat(generation.result().usage().output()).isEqualTo(30);
      assertThat(generation.text()).isEqualTo(TestEngine.greedyText("steam", 30));
    }
  }

  @Test
  void cancellingTheFutureStopsTheWork() {
    TestModel model = new TestModel();
    try (TestEngine engine = new TestEngine(model, 1, 9)) {
      int[] steps = {0};
      try (Gate gate = Gate.before(model, () -> steps[0]++)) {
        CompletableFuture<float[]> future = engine.engine.embed(TEXT);
        gate.awaitStep();
        assertThat(future.cancel(true)).isTrue();
      }
      assertThat(engine.run(TestEngine.greedy("a", 1)).text()).hasSize(1);
      assertThat(steps[0]).isEqualTo(2);
    }
  }

  @Test
  void textsThatCannotBeEmbeddedAreRefusedWithAReason() {
    try (TestEngine engine = TestEngine.open()) {
      assertRefused(engine, TokenIds.empty(), "0 tokens");
      assertRefused(engine, TokenIds.of(new int[41]), "41 tokens; 1 to 40");
      assertRefused(engine, TokenIds.of(3, 99), "token 99");
    }
  }

  private static float[] embed(Pooling pooling) {
    try (TestEngine engine = new TestEngine(new TestModel(pooling, TestModel.NEVER), 2, 9)) {
      return engine.engine.embed(TEXT).join();
    }
  }

  private static void assertRefused(TestEngine engine, TokenIds tokens, String reason) {
    assertThatThrownBy(() -> engine.engine.embed(tokens).join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .hasMessageContaining(reason)
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.error()).isEqualTo(EngineError.INVALID_INPUT));
  }
}
