package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LocalEngineRaceTest {
  @Test
  void sixteenClientsThatCancelAtWillDisturbNobody() throws Exception {
    long seed = 1769;
    System.out.println("LocalEngineRaceTest seed " + seed);
    try (TestEngine engine = new TestEngine(new TestModel(), 4, 1000);
        ExecutorService clients = Executors.newFixedThreadPool(16)) {
      List<Future<?>> done = new ArrayList<>();
      for (int client = 0; client < 16; client++) {
        Random random = new Random(seed + client);
        done.add(clients.submit(() -> client(engine, random)));
      }
      for (Future<?> client : done) {
        client.get();
      }
    }
  }

  private static void client(TestEngine engine, Random random) {
    for (int round = 0; round < 60; round++) {
      if (random.nextInt(10) == 0) {
        embedAndPerhapsCancel(engine, random);
      } else {
        generateAndPerhapsCancel(engine, random);
      }
    }
  }

  private static void generateAndPerhapsCancel(TestEngine engine, Random random) {
    String prompt = "abcdefghijklmnopqrstuvwxyz".substring(0, 1 + random.nextInt(26));
    int tokens = 1 + random.nextInt(13);
    boolean cancelled = random.nextBoolean();
    RecordingListener listener = new RecordingListener();
    Generation generation = engine.submit(TestEngine.greedy(prompt, tokens), listener);
    if (cancelled) {
      pause(random);
      generation.cancel();
    }
    String expected = TestEngine.greedyText(prompt, tokens);
    GenerationResult result = listener.result();
    assertThat(listener.endings()).isEqualTo(1);
    assertThat(expected).startsWith(listener.text());
    assertThat(result.usage().output()).isEqualTo(listener.text().length());
    assertThat(result.reason())
        .isIn(FinishReason.LENGTH, cancelled ? FinishReason.CANCELLED : FinishReason.LENGTH);
    if (result.reason() == FinishReason.LENGTH) {
      assertThat(listener.text()).isEqualTo(expected);
    }
  }

  private static void embedAndPerhapsCancel(TestEngine engine, Random random) {
    CompletableFuture<float[]> future = engine.engine.embed(TokenIds.of(1, 2, 3));
    if (random.nextBoolean()) {
      pause(random);
      future.cancel(true);
    }
    if (!future.isCancelled()) {
      assertThat(future.join()).containsExactly(2, 1);
    }
  }

  private static void pause(Random random) {
    for (int i = random.nextInt(20_000); i > 0; i--) {
      Thread.onSpinWait();
    }
  }
}
