package dev.flyball.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.units.LatencyTarget;
import dev.flyball.units.Priority;
import dev.flyball.units.ServiceTerms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class AdaptiveSchedulerTest {
  private static final SchedulerLimits LIMITS = new SchedulerLimits(8, 256, 32);

  /** A thousand tokens a second. */
  private static final StepCost MACHINE = new StepCost(10e6, 1e6, 1e6, 0, 0);

  private static final ServiceTerms USUAL = ServiceTerms.DEFAULT;

  @Test
  void aShortPromptGoesBetweenTwoChunksOfALongOne() {
    Simulation engine = engine(1000);
    SimulatedSequence document = engine.submit(Simulation.prompt(0, 4000), 5, USUAL);
    engine.step();
    SimulatedSequence question = engine.submit(Simulation.prompt(10_000, 60), 5, USUAL);
    assertThat(engine.step()).containsEntry(question, 60);
    assertThat(question.output).isEqualTo(1);
    assertThat(document.computedTokens()).isBetween(256, 512);
  }

  @Test
  void aLongPromptIsOvertakenOnlyByThoseThatCameSoonAfterIt() {
    Simulation engine = engine(10_000);
    calibrate(engine);
    long begin = engine.nowNanos;
    SimulatedSequence document = engine.submit(Simulation.prompt(0, 2000), 1, USUAL);
    int next = 100_000;
    while (!document.finished()) {
      while (engine.open.size() < 12) {
        engine.submit(Simulation.prompt(next, 250), 1, USUAL);
        next += 1000;
      }
      engine.step();
    }
    double alone = 2000 * 1e6 + 8 * 10e6;
    double mostAhead = 12 * 260e6;
    assertThat((double) engine.nowNanos - begin)
        .isLessThan(PromptOrder.patienceNanos(alone, MACHINE, 256) + alone + mostAhead);
  }

  @Test
  void chunksKeepTheTpotTargetOfARunningAnswer() {
    Simulation engine = engine(1000);
    calibrate(engine);
    ServiceTerms fast = terms(Priority.NORMAL, LatencyTarget.NONE, Duration.ofMillis(80));
    SimulatedSequence answer = engine.submit(Simulation.prompt(50_000, 20), 1000, fast);
    engine.step();
    SimulatedSequence document = engine.submit(Simulation.prompt(0, 3000), 5, USUAL);
    for (int i = 0; i < 20; i++) {
      long before = engine.nowNanos;
      assertThat(engine.step()).containsEntry(answer, 1).containsKey(document);
      assertThat(engine.nowNanos - before).isLessThan(80_000_000);
    }
    assertThat(document.computedTokens()).isGreaterThan(20 * 30);
  }

  @Test
  void aTargetThatCannotBeKeptDoesNotStopPrompts() {
    Simulation engine = engine(1000);
    calibrate(engine);
    ServiceTerms impossible = terms(Priority.NORMAL, LatencyTarget.NONE, Duration.ofMillis(1));
    engine.submit(Simulation.prompt(50_000, 20), 1000, impossible);
    engine.step();
    SimulatedSequence document = engine.submit(Simulation.prompt(0, 320), 5, USUAL);
    for (int i = 0; i < 20; i++) {
      assertThat(engine.step()).containsEntry(document, 16);
    }
    assertThat(document.output).isEqualTo(1);
  }

  @Test
  void withoutTargetsAnswersKeepAFifthOfTheirSpeed() {
    Simulation engine = engine(2000);
    calibrate(engine);
    for (int i = 0; i < 4; i++) {
      engine.submit(Simulation.prompt(50_000 + 1000 * i, 20), 1000, USUAL);
    }
    engine.step();
    engine.step();
    engine.submit(Simulation.prompt(0, 3000), 5, USUAL);
    long before = engine.nowNanos;
    for (int i = 0; i < 20; i++) {
      engine.step();
    }
    assertThat((engine.nowNanos - before) / 20).isLessThan(5 * 14_000_000L);
  }

  @Test
  void nobodyDecodingMeansFullBatches() {
    Simulation engine = engine(1000);
    SimulatedSequence document = engine.submit(Simulation.prompt(0, 1000), 5, USUAL);
    for (int i = 0; i < 3; i++) {
      assertThat(engine.step()).isEqualTo(Map.of(document, 256));
    }
    assertThat(engine.step()).isEqualTo(Map.of(document, 232));
  }

  @Test
  void thirtyTwoRequestsOverOnePromptComputeItOnce() {
    Simulation engine =
        new Simulation(
            SchedulingPolicy.ADAPTIVE,
            new SchedulerLimits(32, 256, 32),
            new SimulatedMemory(32, 1000),
            MACHINE::nanos);
    int computed = 0;
    for (int i = 0; i < 32; i++) {
      int[] prompt = Simulation.prompt(0, 2030).toArray();
      prompt[2029] = 5000 + i;
      engine.submit(dev.flyball.units.TokenIds.of(prompt), 2, USUAL);
    }
    while (!engine.open.isEmpty()) {
      computed += engine.step().values().stream().mapToInt(n -> n).sum();
    }
    // 63 whole blocks once; the ends of all prompts, and one more token each.
    assertThat(computed).isEqualTo(2016 + 32 * (14 + 1));
    assertThat(engine.memory.computedTwice).isZero();
    assertThat(engine.finished.values()).filteredOn(notes -> notes.prefixSteps() > 0).hasSize(31);
  }

  @Test
  void aPromptWhoseLeaderIsCancelledComputesItsPrefixItself() {
    Simulation engine = engine(1000);
    SimulatedSequence leader = engine.submit(Simulation.prompt(0, 1000), 2, USUAL);
    SimulatedSequence follower = engine.submit(Simulation.prompt(0, 1001), 2, USUAL);
    assertThat(engine.step()).containsOnlyKeys(leader);
    engine.cancel(leader);
    assertThat(engine.step()).containsOnlyKeys(follower);
    assertThat(follower.computedTokens()).isEqualTo(512);
    engine.drain();
  }

  @Test
  void theMoreUrgentClassComesFirstUntilTheOtherHasWaitedLong() {
    Simulation engine = engine(1000);
    SimulatedSequence low =
        engine.submit(Simulation.prompt(0, 600), 1, terms(Priority.LOW, LatencyTarget.NONE));
    SimulatedSequence high =
        engine.submit(Simulation.prompt(1000, 300), 1, terms(Priority.HIGH, LatencyTarget.NONE));
    assertThat(engine.step()).isEqualTo(Map.of(high, 256));
    double alone = MACHINE.promptNanos(600, 0, 256);
    engine.nowNanos += 2 * PromptOrder.PROMOTION.toNanos();
    engine.nowNanos += 2 * PromptOrder.patienceNanos(alone, MACHINE, 256);
    assertThat(engine.step()).containsEntry(high, 44);
    SimulatedSequence later =
        engine.submit(Simulation.prompt(2000, 300), 1, terms(Priority.HIGH, LatencyTarget.NONE));
    assertThat(engine.step()).containsKey(low).doesNotContainKey(later);
  }

  @Test
  void aMoreUrgentPromptTakesThePlaceOfAnAnswerThatGoesOnLater() {
    for (int places : new int[] {1, 4}) {
      Simulation engine =
          new Simulation(
              SchedulingPolicy.ADAPTIVE,
              new SchedulerLimits(places, 256, 32),
              new SimulatedMemory(32, 1000),
              MACHINE::nanos);
      List<SimulatedSequence> answers = new ArrayList<>();
      for (int i = 0; i < places; i++) {
        answers.add(engine.submit(Simulation.prompt(1000 * i, 20), 100, USUAL));
        engine.step();
      }
      SimulatedSequence high =
          engine.submit(
              Simulation.prompt(90_000, 20), 10, terms(Priority.HIGH, LatencyTarget.NONE));
      SimulatedSequence usual = engine.submit(Simulation.prompt(80_000, 20), 1, USUAL);
      SimulatedSequence last = answers.getLast();
      int before = last.output;
      assertThat(engine.step()).containsKey(high).doesNotContainKeys(last, usual).hasSize(places);
      while (!high.finished()) {
        assertThat(engine.step()).containsKey(high).doesNotContainKeys(last, usual);
      }
      assertThat(last.output).isEqualTo(before);
      assertThat(last.releases).isZero();
      engine.drain();
      assertThat(engine.notes(last).summary())
          .contains("its answer gave its place to more urgent ones in 10 steps");
    }
  }

  @Test
  void stepsWithoutAnswersEndSoonForThoseWhoComeMeanwhile() {
    Simulation engine = engine(1000, new StepCost(10e6, 1.5e6, 1.5e6, 0, 0));
    calibrate(engine);
    SimulatedSequence document = engine.submit(Simulation.prompt(0, 1000), 5, USUAL);
    for (int i = 0; i < 4; i++) {
      long before = engine.nowNanos;
      assertThat(engine.step()).containsOnlyKeys(document);
      assertThat(engine.nowNanos - before).isBetween(180_000_000L, 270_000_000L);
    }
  }

  @Test
  void aDeadlineThatIsNearComesBeforeAShorterPrompt() {
    Simulation engine = engine(1000);
    calibrate(engine);
    engine.submit(Simulation.prompt(0, 256), 1, USUAL);
    LatencyTarget soon = new LatencyTarget(Optional.of(Duration.ofMillis(1100)), Optional.empty());
    SimulatedSequence urgent =
        engine.submit(Simulation.prompt(1000, 700), 1, terms(Priority.NORMAL, soon));
    long begin = engine.nowNanos;
    while (urgent.output == 0) {
      engine.step();
    }
    assertThat(engine.nowNanos - begin).isLessThan(1_100_000_000);
  }

  @Test
  void aTenantWithManyPromptsSharesEquallyWithOneWhoHasFew() {
    Simulation engine = engine(5000);
    List<SimulatedSequence> many = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      many.add(engine.submit(Simulation.prompt(1000 * i, 500), 1, tenant("many")));
    }
    for (int i = 0; i < 20; i++) {
      engine.step();
    }
    List<SimulatedSequence> few = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      few.add(engine.submit(Simulation.prompt(100_000 + 1000 * i, 500), 1, tenant("few")));
    }
    long finishedBefore = many.stream().filter(SimulatedSequence::finished).count();
    while (few.stream().anyMatch(sequence -> !sequence.finished())) {
      engine.step();
    }
    long meanwhile = many.stream().filter(SimulatedSequence::finished).count() - finishedBefore;
    assertThat(meanwhile).isBetween(4L, 16L);
  }

  @Test
  void memoryIsTakenFromTheLeastUrgentWhoCameLastAndItGoesOnWhereItWas() {
    Simulation engine = engine(10);
    SimulatedSequence first = engine.submit(Simulation.prompt(0, 100), 100, USUAL);
    SimulatedSequence second = engine.submit(Simulation.prompt(1000, 100), 100, USUAL);
    engine.drain();
    assertThat(first.releases).isEqualTo(1);
    assertThat(second.releases).isGreaterThan(1);
    assertThat(engine.notes(first).preemptions()).isZero();
    assertThat(engine.notes(second).preemptions()).isBetween(1, 3);
    assertThat(second.output).isEqualTo(100);
  }

  /** MACHINE takes 110 ms for 100 tokens. */
  @Test
  void whoLosesHisMemoryIsSwappedOrComputedAgainWhicheverIsCheaper() {
    assertThat(preempted(OptionalDouble.of(5e6), PreemptionMode.SWAP))
        .contains("at last swapped to the file, 5.0 ms instead of 1");
    assertThat(preempted(OptionalDouble.of(5e9), PreemptionMode.RECOMPUTE))
        .contains("at last computed again rather than read from the file, 1")
        .contains(" ms instead of 5000.0 ms");
    assertThat(preempted(OptionalDouble.empty(), PreemptionMode.RECOMPUTE))
        .contains("at last computed again, there is no file");
  }

  private static String preempted(OptionalDouble swapNanos, PreemptionMode expected) {
    Simulation engine = engine(10);
    calibrate(engine);
    engine.submit(Simulation.prompt(0, 100), 100, USUAL);
    SimulatedSequence victim = engine.submit(Simulation.prompt(1000, 100), 100, USUAL);
    victim.swapNanos = swapNanos;
    engine.drain();
    assertThat(engine.notes(victim).preemptions()).isPositive();
    assertThat(victim.modes.subList(0, engine.notes(victim).preemptions())).containsOnly(expected);
    return engine.notes(victim).summary();
  }

  @Test
  void aPromptIsNotBegunBeforeAllOfItFits() {
    Simulation engine = engine(40);
    engine.submit(Simulation.prompt(0, 600), 300, USUAL);
    engine.step();
    SimulatedSequence large = engine.submit(Simulation.prompt(10_000, 1000), 1, USUAL);
    SimulatedSequence behind =
        engine.submit(Simulation.prompt(20_000, 30), 1, terms(Priority.LOW, LatencyTarget.NONE));
    for (int i = 0; i < 50; i++) {
      assertThat(engine.step()).doesNotContainKey(large).doesNotContainKey(behind);
    }
    engine.drain();
    assertThat(engine.notes(large).preemptions()).isZero();
  }

  @Test
  void guessedTokensShareTheStepAndGiveWayToTheBatch() {
    Simulation engine = engine(1000);
    List<SimulatedSequence> answers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      answers.add(engine.submit(Simulation.prompt(1000 * i, 20), 400, USUAL));
      answers.get(i).guessed = 40;
    }
    engine.step();
    Map<SimulatedSequence, Integer> step = engine.step();
    assertThat(step).hasSize(8);
    assertThat(step.values().stream().mapToInt(n -> n).sum()).isEqualTo(256);
    engine.drain();
  }

  @Test
  void aSequenceIsScheduledOnce() {
    Simulation engine = engine(10);
    SimulatedSequence sequence = engine.submit(Simulation.prompt(0, 10), 1, USUAL);
    assertThatThrownBy(() -> engine.scheduler.add(sequence, 0))
        .isInstanceOf(IllegalStateException.class);
    engine.cancel(sequence);
    assertThat(engine.scheduler.next(engine.nowNanos).size()).isZero();
  }

  @Test
  void theNotesSayWhatWasDoneAndWhy() {
    Simulation engine = engine(1000);
    calibrate(engine);
    engine.submit(Simulation.prompt(50_000, 20), 1000, USUAL);
    engine.step();
    SimulatedSequence document = engine.submit(Simulation.prompt(0, 300), 1, USUAL);
    while (!document.finished()) {
      engine.step();
    }
    assertThat(engine.notes(document).summary())
        .matches(
            "prompt in \\d+ chunks: 16\\+16.*\\(cut by share \\d+\\), first token predicted.*");
  }

  private static Simulation engine(int blocks) {
    return engine(blocks, MACHINE);
  }

  private static Simulation engine(int blocks, StepCost machine) {
    return new Simulation(
        SchedulingPolicy.ADAPTIVE, LIMITS, new SimulatedMemory(32, blocks), machine::nanos);
  }

  /** Lets it see prompts and answers. */
  private static void calibrate(Simulation engine) {
    for (int i = 0; i < 4; i++) {
      engine.submit(Simulation.prompt(900_000 + 1000 * i, 100 + 40 * i), 30, USUAL);
      engine.drain();
    }
  }

  private static ServiceTerms tenant(String name) {
    return new ServiceTerms(name, Priority.NORMAL, LatencyTarget.NONE);
  }

  private static ServiceTerms terms(Priority priority, LatencyTarget target) {
    return new ServiceTerms("default", priority, target);
  }

  private static ServiceTerms terms(Priority priority, LatencyTarget target, Duration tpot) {
    return terms(priority, new LatencyTarget(target.ttft(), Optional.of(tpot)));
  }
}
