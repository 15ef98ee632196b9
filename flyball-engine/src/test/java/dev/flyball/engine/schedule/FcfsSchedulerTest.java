package dev.flyball.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.units.ServiceTerms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FcfsSchedulerTest {
  @Test
  void decodingSequencesComeFirstThenTheOldestPrompts() {
    Memory memory = new Memory(1000);
    FcfsScheduler<Sequence> scheduler = FcfsScheduler.continuous(new SchedulerLimits(4, 10, 1));
    Sequence first = new Sequence(memory, 4, 5);
    scheduler.add(first, 0);
    first.compute(scheduler.next(0).tokens(0));
    Sequence second = new Sequence(memory, 30, 5);
    Sequence third = new Sequence(memory, 3, 5);
    scheduler.add(second, 0);
    scheduler.add(third, 0);
    assertThat(contents(scheduler.next(0))).isEqualTo(Map.of(first, 1, second, 9));
    second.compute(25);
    assertThat(contents(scheduler.next(0))).isEqualTo(Map.of(first, 1, second, 5, third, 3));
  }

  @Test
  void aRigidBatchBeginsAsAWholeAndAnswersStandStillWhileAPromptIsComputed() {
    Memory memory = new Memory(1000);
    FcfsScheduler<Sequence> scheduler = FcfsScheduler.rigid(new SchedulerLimits(2, 10, 1));
    Sequence question = new Sequence(memory, 4, 3);
    Sequence document = new Sequence(memory, 24, 2);
    Sequence late = new Sequence(memory, 3, 5);
    List.of(question, document, late).forEach(sequence -> scheduler.add(sequence, 0));
    List<Map<Sequence, Integer>> steps = new ArrayList<>();
    while (scheduler.waitingCount() > 0 && steps.size() < 10) {
      Map<Sequence, Integer> step = contents(scheduler.next(0));
      steps.add(step);
      step.forEach(Sequence::compute);
      step.keySet().stream().filter(Sequence::finished).forEach(scheduler::remove);
    }
    assertThat(steps)
        .containsExactly(
            Map.of(question, 4, document, 6),
            Map.of(document, 10),
            Map.of(document, 8),
            Map.of(question, 1, document, 1),
            Map.of(question, 1),
            Map.of(late, 3));
  }

  @Test
  void nobodyOvertakesTheFirstInLineWhenMemoryIsShort() {
    Memory memory = new Memory(20);
    FcfsScheduler<Sequence> scheduler = FcfsScheduler.continuous(new SchedulerLimits(4, 10, 1));
    Sequence large = new Sequence(memory, 10, 5);
    Sequence tooLargeNow = new Sequence(memory, 10, 5);
    Sequence small = new Sequence(memory, 1, 1);
    scheduler.add(large, 0);
    scheduler.add(tooLargeNow, 0);
    scheduler.add(small, 0);
    scheduler.next(0);
    assertThat(scheduler.running()).containsExactly(large);
    assertThat(scheduler.remove(large)).isPresent();
    large.free();
    scheduler.next(0);
    assertThat(scheduler.running()).containsExactly(tooLargeNow, small);
  }

  @Test
  void aFullBatchOfDecodingSequencesStillLeavesRoomForAPrompt() {
    Memory memory = new Memory(1000);
    FcfsScheduler<Sequence> scheduler = FcfsScheduler.continuous(new SchedulerLimits(100, 3, 1));
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sequences.add(new Sequence(memory, 2, 9));
      scheduler.add(sequences.get(i), 0);
    }
    for (int i = 0; i < 4; i++) {
      contents(scheduler.next(0)).forEach(Sequence::compute);
    }
    assertThat(sequences.subList(0, 3)).allMatch(Sequence::decoding);
    assertThat(scheduler.running()).isEqualTo(sequences.subList(0, 3));
  }

  @Test
  void aSequenceIsScheduledOnce() {
    FcfsScheduler<Sequence> scheduler = FcfsScheduler.continuous(new SchedulerLimits(1, 1, 1));
    Sequence sequence = new Sequence(new Memory(10), 1, 1);
    scheduler.add(sequence, 0);
    assertThatThrownBy(() -> scheduler.add(sequence, 0)).isInstanceOf(IllegalStateException.class);
    scheduler.next(0);
    assertThatThrownBy(() -> scheduler.add(sequence, 0)).isInstanceOf(IllegalStateException.class);
    assertThat(scheduler.remove(sequence)).isPresent();
    assertThat(scheduler.remove(sequence)).isEmpty();
    assertThat(scheduler.next(0).size()).isZero();
  }

  @Test
  void randomTrafficIsServedLikeThePlainModelServesIt() {
    long seed = 8080;
    System.out.println("FcfsSchedulerTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      Traffic traffic = new Traffic(random, round % 2 == 0);
      for (int step = 0; step < 60; step++) {
        traffic.arriveAndCancel();
        traffic.step();
      }
      traffic.drain();
    }
  }

  private static Map<Sequence, Integer> contents(Step<Sequence> step) {
    Map<Sequence, Integer> contents = new LinkedHashMap<>();
    for (int i = 0; i < step.size(); i++) {
      assertThat(contents.put(step.sequence(i), step.tokens(i))).isNull();
    }
    assertThat(contents.values().stream().mapToInt(n -> n).sum()).isEqualTo(step.totalTokens());
    return contents;
  }

  /** Random arrivals and cancellations, with the slow model beside the scheduler. */
  private static final class Traffic {
    private final Random random;
    private final int maxRunning;
    private final int maxBatchTokens;
    private final Memory memory = new Memory(64);
    private final FcfsScheduler<Sequence> scheduler;
    private final boolean rigid;
    private final List<Sequence> line = new ArrayList<>();

    Traffic(Random random, boolean rigid) {
      this.random = random;
      this.rigid = rigid;
      maxRunning = 1 + random.nextInt(6);
      maxBatchTokens = 1 + random.nextInt(20);
      SchedulerLimits limits = new SchedulerLimits(maxRunning, maxBatchTokens, 1);
      scheduler = rigid ? FcfsScheduler.rigid(limits) : FcfsScheduler.continuous(limits);
    }

    void arriveAndCancel() {
      if (random.nextInt(3) == 0) {
        Sequence arrival = new Sequence(memory, 1 + random.nextInt(40), 1 + random.nextInt(20));
        line.add(arrival);
        scheduler.add(arrival, 0);
      }
      if (!line.isEmpty() && random.nextInt(8) == 0) {
        leave(line.get(random.nextInt(line.size())));
      }
    }

    void step() {
      Map<Sequence, Integer> expected = expectedStep();
      Map<Sequence, Integer> actual = contents(scheduler.next(0));
      assertThat(actual).isEqualTo(expected);
      actual.forEach(Sequence::compute);
      actual.keySet().stream().filter(Sequence::finished).forEach(this::leave);
      checkIntegrity();
    }

    /** Everybody who did not leave is served to the end within as many steps as tokens. */
    void drain() {
      int steps = 1 + line.stream().mapToInt(Sequence::tokensLeft).sum();
      for (int i = 0; i < steps && !line.isEmpty(); i++) {
        step();
      }
      assertThat(line).isEmpty();
      assertThat(memory.free).isEqualTo(64);
      assertThat(scheduler.next(0).size()).isZero();
    }

    private Map<Sequence, Integer> expectedStep() {
      List<Sequence> running = expectedRunning();
      Map<Sequence, Integer> step = new LinkedHashMap<>();
      if (!rigid || running.stream().allMatch(Sequence::decoding)) {
        running.stream().filter(Sequence::decoding).forEach(s -> step.put(s, 1));
      }
      int room = maxBatchTokens - step.size();
      for (Sequence sequence : running) {
        if (!sequence.decoding() && room > 0) {
          int tokens = Math.min(room, sequence.pendingTokens());
          step.put(sequence, tokens);
          room -= tokens;
        }
      }
      return step;
    }

    /** The line from its front: who fits runs, up to the first who does not. */
    private List<Sequence> expectedRunning() {
      List<Sequence> begun = line.stream().filter(sequence -> sequence.reserved).toList();
      if (rigid && !begun.isEmpty()) {
        return begun;
      }
      int places = Math.min(maxRunning, maxBatchTokens);
      int free = 64;
      List<Sequence> running = new ArrayList<>();
      for (Sequence sequence : line) {
        if (running.size() == places || sequence.reservation() > free) {
          break;
        }
        free -= sequence.reservation();
        running.add(sequence);
      }
      return running;
    }

    private void leave(Sequence sequence) {
      line.remove(sequence);
      assertThat(scheduler.remove(sequence)).isPresent();
      sequence.free();
    }

    private void checkIntegrity() {
      List<Sequence> all = new ArrayList<>(scheduler.running());
      assertThat(all).allMatch(s -> s.reserved).hasSize(scheduler.runningCount());
      assertThat(scheduler.waiting()).noneMatch(s -> s.reserved).hasSize(scheduler.waitingCount());
      assertThat(memory.free).isEqualTo(64 - all.stream().mapToInt(Sequence::reservation).sum());
      all.addAll(scheduler.waiting());
      assertThat(all).isEqualTo(line);
    }
  }

  private static final class Memory {
    int free;

    Memory(int free) {
      this.free = free;
    }
  }

  private static final class Sequence implements ScheduledSequence {
    private final Memory memory;
    private final int promptTokens;
    private final int maxTokens;
    private int computed;
    private boolean reserved;

    Sequence(Memory memory, int promptTokens, int maxTokens) {
      this.memory = memory;
      this.promptTokens = promptTokens;
      this.maxTokens = maxTokens;
    }

    @Override
    public int pendingTokens() {
      return decoding() ? 1 : promptTokens - computed;
    }

    @Override
    public boolean decoding() {
      return computed >= promptTokens;
    }

    @Override
    public int computedTokens() {
      return computed;
    }

    @Override
    public int mostTokens() {
      return reservation();
    }

    @Override
    public ServiceTerms terms() {
      return ServiceTerms.DEFAULT;
    }

    @Override
    public long submittedNanos() {
      return 0;
    }

    @Override
    public PrefixKeys prefixKeys() {
      return PrefixKeys.NONE;
    }

    @Override
    public int adopt() {
      return 0;
    }

    @Override
    public boolean tryGrow(int tokens) {
      assertThat(reserved).isFalse();
      assertThat(tokens).isEqualTo(reservation());
      reserved = memory.free >= reservation();
      memory.free -= reserved ? reservation() : 0;
      return reserved;
    }

    @Override
    public void release(PreemptionMode mode) {
      throw new AssertionError("first come, first served preempts nobody");
    }

    int reservation() {
      return promptTokens + maxTokens;
    }

    int tokensLeft() {
      return reservation() - computed;
    }

    boolean finished() {
      return computed >= reservation() - 1;
    }

    void compute(int tokens) {
      assertThat(tokens).isPositive().isLessThanOrEqualTo(pendingTokens());
      computed += tokens;
    }

    void free() {
      memory.free += reserved ? reservation() : 0;
      reserved = false;
    }
  }
}
