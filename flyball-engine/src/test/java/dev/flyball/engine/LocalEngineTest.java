package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.model.Pooling;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.units.LatencyTarget;
import dev.flyball.units.Priority;
import dev.flyball.units.ServiceTerms;
import dev.flyball.units.TokenIds;
import dev.flyball.units.TokenUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LocalEngineTest {
  @Test
  void textIsWhatTheModelSaysHoweverThePromptIsChunked() {
    try (TestEngine engine = TestEngine.open()) {
      for (String prompt : List.of("a", "flyball", "thegovernorkeepstheenginesteady")) {
        RecordingListener listener = engine.run(TestEngine.greedy(prompt, 9));
        assertThat(listener.text()).isEqualTo(TestEngine.greedyText(prompt, 9));
        assertThat(listener.result().reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(listener.result().usage()).isEqualTo(new TokenUsage(prompt.length(), 0, 9));
      }
    }
  }

  @Test
  void outputIsCutToTheRoomThatTheContextHas() {
    try (TestEngine engine = TestEngine.open()) {
      RecordingListener listener = engine.run(TestEngine.greedy("a".repeat(38), 1000));
      assertThat(listener.result().usage().output()).isEqualTo(2);
      assertThat(listener.result().reason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  @Test
  void theSameSeedGivesTheSameTextAloneAndInCompany() {
    String alone;
    try (TestEngine engine = TestEngine.open()) {
      alone = engine.run(seeded("watt", 5)).text();
      assertThat(engine.run(seeded("watt", 6)).text()).isNotEqualTo(alone);
    }
    try (TestEngine engine = TestEngine.open()) {
      List<RecordingListener> company = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        company.add(new RecordingListener());
        engine.submit(seeded("x".repeat(i + 1), i), company.get(i));
      }
      assertThat(engine.run(seeded("watt", 5)).text()).isEqualTo(alone);
      company.forEach(RecordingListener::result);
    }
  }

  @Test
  void aStopStringEndsTheTextBeforeIt() {
    String whole = TestEngine.greedyText("steam", 20);
    String stop = whole.substring(5, 9);
    String expected = whole.substring(0, whole.indexOf(stop));
    try (TestEngine engine = TestEngine.open()) {
      RecordingListener listener = engine.run(TestEngine.greedy("steam", 20, stop, "zzzz"));
      assertThat(listener.text()).isEqualTo(expected);
      assertThat(listener.result().reason()).isEqualTo(FinishReason.STOP);
      assertThat(listener.result().usage().output()).isEqualTo(expected.length() + 4);
      assertThat(listener.tokens().size()).isEqualTo(expected.length());
    }
  }

  @Test
  void anEndOfGenerationTokenEndsTheTextAndHasNone() {
    String prompt = "boiler";
    try (TestEngine engine = new TestEngine(new TestModel(Pooling.NONE, 9), 1, 9)) {
      RecordingListener listener = engine.run(TestEngine.greedy(prompt, 20));
      assertThat(listener.text()).isEqualTo(TestEngine.greedyText(prompt, 4));
      assertThat(listener.result().reason()).isEqualTo(FinishReason.STOP);
      assertThat(listener.result().usage().output()).isEqualTo(5);
    }
  }

  @Test
  void ignoringEndOfGenerationGoesOnWithoutItsText() {
    try (TestEngine engine = new TestEngine(new TestModel(Pooling.NONE, 9), 1, 9)) {
      RecordingListener listener =
          engine.run(TestEngine.request("boiler", SamplingParams.GREEDY, 20, List.of(), true));
      assertThat(listener.result().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(listener.text()).hasSize(19).startsWith(TestEngine.greedyText("boiler", 4));
      assertThat(listener.tokens().get(4)).isEqualTo(TestTokenizer.END);
      assertThat(listener.tokens().size()).isEqualTo(20);
    }
  }

  @Test
  void logProbabilitiesComeWithTheirTokens() {
    try (TestEngine engine = TestEngine.open()) {
      GenerationRequest plain = TestEngine.greedy("valve", 6);
      GenerationRequest request =
          new GenerationRequest(
              plain.id(), plain.prompt(), plain.sampling(), 6, List.of(), false, true, 3);
      RecordingListener listener = engine.run(request);
      for (GenerationDelta delta : listener.deltas()) {
        assertThat(delta.logprobs()).hasSize(delta.tokens().size());
        for (int i = 0; i < delta.tokens().size(); i++) {
          int token = delta.tokens().get(i);
          assertThat(delta.logprobs().get(i).token()).isEqualTo(token);
          assertThat(delta.logprobs().get(i).top()).hasSize(3);
          assertThat(delta.logprobs().get(i).top().getFirst().token()).isEqualTo(token);
        }
      }
      assertThat(listener.tokens().size()).isEqualTo(6);
    }
  }

  @Test
  void timesAreMeasuredFromSubmissionToFirstStepToFirstTokenToEnd() {
    TestModel model = new TestModel();
    try (TestEngine engine = new TestEngine(model, 1, 9)) {
      RecordingListener first = new RecordingListener();
      RecordingListener second = new RecordingListener();
      try (Gate gate = Gate.before(model, () -> engine.nanos.addAndGet(1000))) {
        engine.submit(TestEngine.greedy("a".repeat(20), 5), first);
        gate.awaitStep();
        engine.submit(TestEngine.greedy("b".repeat(20), 2), second);
      }
      GenerationResult firstResult = first.result();
      assertThat(firstResult.queueTime()).isZero();
      assertThat(firstResult.prefillTime()).isEqualTo(Duration.ofNanos(3000));
      assertThat(firstResult.decodeTime()).isEqualTo(Duration.ofNanos(4000));
      assertThat(firstResult.trace())
          .isEqualTo(
              new StepTrace(
                  3,
                  4,
                  0,
                  0,
                  0,
                  Duration.ofNanos(7000),
                  List.of("prompt in 3 chunks: 8+8+4 (cut by batch 2)")));
      assertThat(second.result().queueTime()).isEqualTo(Duration.ofNanos(7000));
      assertThat(second.result().prefillTime()).isEqualTo(Duration.ofNanos(3000));
      assertThat(second.result().decodeTime()).isEqualTo(Duration.ofNanos(1000));
    }
  }

  @Test
  void aPromptWithoutRoomForATokenIsRefused() {
    try (TestEngine engine = TestEngine.open()) {
      assertThat(
              engine.engine.submit(TestEngine.greedy("a".repeat(40), 1), new RecordingListener()))
          .isEqualTo(new Submission.ContextLengthExceeded(40, TestEngine.CONTEXT));
    }
  }

  @Test
  void unknownTokensInPromptAndBiasAreRefused() {
    try (TestEngine engine = TestEngine.open()) {
      GenerationRequest prompt =
          new GenerationRequest(
              "r", TokenIds.of(1, 27), SamplingParams.GREEDY, 1, List.of(), false, false, 0);
      assertThat(engine.engine.submit(prompt, new RecordingListener()))
          .isEqualTo(new Submission.UnknownToken(27, 27));
      SamplingParams biased =
          new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(-1, 2.0), OptionalLong.empty());
      assertThat(
              engine.engine.submit(
                  TestEngine.request("a", biased, 1, List.of(), false), new RecordingListener()))
          .isEqualTo(new Submission.UnknownToken(-1, 27));
    }
  }

  @Test
  void oneMoreThanMayWaitIsRefusedWithATimeToComeBack() {
    TestModel model = new TestModel();
    try (TestEngine engine = new TestEngine(model, 1, 2)) {
      List<RecordingListener> accepted = new ArrayList<>();
      try (Gate gate = Gate.before(model, () -> {})) {
        accepted.add(new RecordingListener());
        engine.submit(TestEngine.greedy("a", 3), accepted.getFirst());
        gate.awaitStep();
        gate.step();
        for (int i = 0; i < 2; i++) {
          accepted.add(new RecordingListener());
          engine.submit(TestEngine.greedy("b", 3), accepted.getLast());
        }
        assertThat(engine.engine.load()).isEqualTo(new EngineLoad(1, 2, 1, 120, 2, Duration.ZERO));
        assertThat(engine.engine.submit(TestEngine.greedy("c", 3), new RecordingListener()))
            .isEqualTo(new Submission.QueueFull(2, Duration.ofSeconds(1)));
        assertThat(engine.engine.embed(TokenIds.of(1))).isCompletedExceptionally();
      }
      accepted.forEach(RecordingListener::result);
    }
  }

  @Test
  void aFirstTokenThatWouldComeTooLateIsRefusedAtOnce() {
    TestModel model = new TestModel();
    try (TestEngine engine = new TestEngine(model, 2, 64)) {
      model.beforeStep(batch -> engine.nanos.addAndGet(10_000_000L + 1_000_000L * batch.size()));
      for (int i = 0; i < 10; i++) {
        engine.run(TestEngine.greedy("a".repeat(30), 3));
      }
      GenerationRequest hasty = TestEngine.greedy("b".repeat(30), 2).withTerms(within(10));
      assertThat(engine.engine.submit(hasty, new RecordingListener()))
          .isInstanceOfSatisfying(
              Submission.TooLate.class,
              late -> {
                assertThat(late.timeToFirstToken())
                    .isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
                assertThat(late.retryAfter()).isEqualTo(Duration.ofSeconds(1));
              });
      assertThat(engine.run(hasty.withTerms(within(1000))).text()).hasSize(2);
    }
  }

  @Test
  void withoutAWaitingLineRequestsStillRun() {
    try (TestEngine engine = new TestEngine(new TestModel(), 1, 0)) {
      for (int i = 0; i < 100; i++) {
        assertThat(engine.run(TestEngine.greedy("a", 2)).text()).hasSize(2);
      }
    }
  }

  @Test
  void aClosedEngineTakesNothing() {
    TestEngine engine = TestEngine.open();
    engine.close();
    assertThatThrownBy(
            () -> engine.engine.submit(TestEngine.greedy("a", 1), new RecordingListener()))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.error()).isEqualTo(EngineError.CLOSED));
    assertThat(engine.engine.embed(TokenIds.of(1))).isCompletedExceptionally();
    engine.close();
  }

  private static ServiceTerms within(int ttftMillis) {
    return new ServiceTerms(
        "default",
        Priority.NORMAL,
        new LatencyTarget(Optional.of(Duration.ofMillis(ttftMillis)), Optional.empty()));
  }

  private static GenerationRequest seeded(String prompt, long seed) {
    return TestEngine.request(prompt, TestEngine.seeded(seed), 15, List.of(), false);
  }
}
