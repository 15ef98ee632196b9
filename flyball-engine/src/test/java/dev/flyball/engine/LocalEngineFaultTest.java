package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What goes wrong stays with whom it concerns. */
class LocalEngineFaultTest {
  @Test
  void cancelTakesEffectBeforeTheNextToken() {
    TestModel model = new TestModel();
    try (TestEngine engine = new TestEngine(model, 1, 9)) {
      RecordingListener running = new RecordingListener();
      RecordingListener waiting = new RecordingListener();
      try (Gate gate = Gate.before(model, () -> {})) {
        Generation first = engine.submit(TestEngine.greedy("a", 30), running);
        Generation second = engine.submit(TestEngine.greedy("b", 30), waiting);
        gate.awaitStep();
        gate.step();
        gate.step();
        first.cancel();
        first.cancel();
        second.cancel();
      }
      assertThat(running.result().reason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(running.result().usage().output()).isEqualTo(2);
      assertThat(running.text()).isEqualTo(TestEngine.greedyText("a", 2));
      assertThat(waiting.result().reason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(waiting.result().usage().output()).isZero();
      assertThat(waiting.deltas()).isEmpty();
    }
  }

  @Test
  void cancellingAfterTheEndHasNoEffect() {
    try (TestEngine engine = TestEngine.open()) {
      RecordingListener listener = new RecordingListener();
      Generation generation = engine.submit(TestEngine.greedy("a", 3), listener);
      listener.result();
      generation.cancel();
      engine.run(TestEngine.greedy("b", 3));
      assertThat(listener.endings()).isEqualTo(1);
    }
  }

  @Test
  void aListenerThatThrowsEndsItsOwnRequestOnly() {
    try (TestEngine engine = TestEngine.open()) {
      RecordingListener broken =
          new RecordingListener() {
            @Override
            public void onDelta(GenerationDelta delta) {
              throw new IllegalStateException("no more room on my shelf");
            }
          };
      RecordingListener healthy = new RecordingListener();
      engine.submit(TestEngine.greedy("a", 20), broken);
      engine.submit(TestEngine.greedy("b", 20), healthy);
      assertThat(healthy.result().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(broken.failure().error()).isEqualTo(EngineError.INTERNAL);
      assertThat(broken.failure())
          .hasMessageContaining("r-a")
          .hasRootCauseMessage("no more room on my shelf");
      assertThat(broken.endings()).isEqualTo(1);
    }
  }

  @Test
  void aListenerThatThrowsAtTheEndDoesNotHurtTheEngine() {
    try (TestEngine engine = TestEngine.open()) {
      CompletableFuture<GenerationResult> seen = new CompletableFuture<>();
      engine.submit(
          TestEngine.greedy("a", 2),
          new RecordingListener() {
            @Override
            public void onEnd(GenerationResult result) {
              seen.complete(result);
              throw new IllegalStateException("thrown by a test at the end");
            }
          });
      assertThat(seen.join().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(engine.run(TestEngine.greedy("b", 2)).text()).hasSize(2);
    }
  }

  @Test
  void aStepThatFailsFailsWhoTookPartAndTheEngineGoesOn() {
    TestModel model = new TestModel();
    try (TestEngine engine = new TestEngine(model, 4, 9)) {
      List<RecordingListener> victims = List.of(new RecordingListener(), new RecordingListener());
      try (Gate gate = Gate.before(model, failingOnce())) {
        engine.submit(TestEngine.greedy("warm", 1), new RecordingListener());
        gate.awaitStep();
        victims.forEach(victim -> engine.submit(TestEngine.greedy("a", 5), victim));
        gate.step();
      }
      RecordingListener later = engine.run(TestEngine.greedy("steam", 5));
      assertThat(later.text()).isEqualTo(TestEngine.greedyText("steam", 5));
      for (RecordingListener victim : victims) {
        assertThat(victim.failure().error()).isEqualTo(EngineError.INTERNAL);
        assertThat(victim.failure()).hasRootCauseMessage("thrown by a test in the second step");
      }
    }
  }

  @Test
  void notANumberFailsTheRequestWhoseRowItIs() {
    TestModel model = new TestModel();
    try (TestEngine engine = new TestEngine(model, 4, 9)) {
      AtomicBoolean poisoned = new AtomicBoolean();
      model.afterStep(
          rows -> {
            if (rows.size() == 2 && !poisoned.getAndSet(true)) {
              rows.get(1)[3] = Float.NaN;
            }
          });
      RecordingListener healthy = new RecordingListener();
      RecordingListener victim = new RecordingListener();
      try (Gate gate = Gate.before(model, () -> {})) {
        engine.submit(TestEngine.greedy("steam", 30), healthy);
        gate.awaitStep();
        engine.submit(TestEngine.greedy("b", 30), victim);
      }
      assertThat(victim.failure()).hasMessageContaining("NaN");
      assertThat(healthy.result().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(healthy.text()).isEqualTo(TestEngine.greedyText("steam", 30));
    }
  }

  @Test
  void closingEndsAllAsCancelled() {
    TestModel model = new TestModel();
    TestEngine engine = new TestEngine(model, 2, 9);
    List<RecordingListener> listeners = new ArrayList<>();
    CompletableFuture<float[]> embedding;
    try (Gate gate = Gate.before(model, () -> {})) {
      for (int i = 0; i < 5; i++) {
        listeners.add(new RecordingListener());
        engine.submit(TestEngine.greedy("a", 30), listeners.get(i));
      }
      gate.awaitStep();
      embedding = engine.engine.embed(TokenIds.of(1));
      Thread closer = Thread.ofPlatform().start(engine.engine::close);
      while (closer.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
    }
    engine.close();
    assertThat(listeners)
        .allSatisfy(
            listener -> {
              assertThat(listener.result().reason()).isEqualTo(FinishReason.CANCELLED);
              assertThat(listener.endings()).isEqualTo(1);
            });
    assertThat(embedding).isCompletedExceptionally();
  }

  @Test
  void anEngineCanBeClosedFromItsOwnThread() {
    TestEngine engine = TestEngine.open();
    RecordingListener listener =
        new RecordingListener() {
          @Override
          public void onDelta(GenerationDelta delta) {
            engine.engine.close();
          }
        };
    engine.submit(TestEngine.greedy("a", 30), listener);
    assertThat(listener.result().reason()).isEqualTo(FinishReason.CANCELLED);
    engine.close();
  }

  @Test
  void aRequestMayFollowFromWithinTheEndOfAnother() {
    try (TestEngine engine = new TestEngine(new TestModel(), 1, 0)) {
      RecordingListener next = new RecordingListener();
      AtomicReference<Generation> accepted = new AtomicReference<>();
      engine.submit(
          TestEngine.greedy("a", 2),
          new RecordingListener() {
            @Override
            public void onEnd(GenerationResult result) {
              accepted.set(engine.submit(TestEngine.greedy("b", 2), next));
            }
          });
      assertThat(next.result().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(accepted.get()).isNotNull();
    }
  }

  private static Runnable failingOnce() {
    int[] step = {0};
    return () -> {
      if (++step[0] == 2) {
        throw new IllegalStateException("thrown by a test in the second step");
      }
    };
  }
}
