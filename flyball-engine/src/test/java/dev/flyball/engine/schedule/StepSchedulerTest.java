package dev.flyball.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StepSchedulerTest {
  @Test
  void decodingSequencesComeFirstThenTheOldestPrompts() {
    Memory memory = new Memory(1000);
    StepScheduler<Sequence> scheduler = new StepScheduler<>(4, 10);
    Sequence first = new Sequence(memory, 4, 5);
    scheduler.add(first);
    first.compute(scheduler.next().tokens(0));
    Sequence second = new Sequence(memory, 30, 5);
    Sequence third = new Sequence(memory, 3, 5);
    scheduler.add(second);
    scheduler.add(third);
    assertThat(contents(scheduler.next())).isEqualTo(Map.of(first, 1, second, 9));
    second.compute(25);
    assertThat(contents(scheduler.next())).isEqualTo(Map.of(first, 1, second, 5, third, 3));
  }

  @Test
  void nobodyOvertakesTheFirstInLineWhenMemoryIsShort() {
    Memory memory = new Memory(20);
    StepScheduler<Sequence> scheduler = new StepScheduler<>(4, 10);
    Sequence large = new Sequence(memory, 10, 5);
    Sequence tooLargeNow = new Sequence(memory, 10, 5);
    Sequence small = new Sequence(memory, 1, 1);
    scheduler.add(large);
    scheduler.add(tooLargeNow);
    scheduler.add(small);
    scheduler.next();
    assertThat(scheduler.running()).containsExactly(large);
    assertThat(scheduler.remove(large)).isTrue();
    large.free();
    scheduler.next();
    assertThat(scheduler.running()).containsExactly(tooLargeNow, small);
  }

  @Test
  void aFullBatchOfDecodingSequencesStillLeavesRoomForAPrompt() {
    Memory memory = new Memory(1000);
    StepScheduler<Sequence> scheduler = new StepScheduler<>(100, 3);
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sequences.add(new Sequence(memory, 2, 9));
      scheduler.add(sequences.get(i));
    }
    for (int i = 0; i < 4; i++) {
      contents(scheduler.next()).forEach(Sequence::compute);
    }
    assertThat(sequences.subList(0, 3)).allMatch(Sequence::decoding);
    assertThat(scheduler.running()).isEqualTo(sequences.subList(0, 3));
  }

  @Test
  void aSequenceIsScheduledOnce() {
    StepScheduler<Sequence> scheduler = new StepScheduler<>(1, 1);
    Sequence sequence = new Sequence(new Memory(10), 1, 1);
    scheduler.add(sequence);
    assertThatThrownBy(() -> scheduler.add(sequence)).isInstanceOf(IllegalStateException.class);
    scheduler.next();
    assertThatThrownBy(() -> scheduler.add(sequence)).isInstanceOf(IllegalStateException.class);
    assertThat(scheduler.remove(sequence)).isTrue();
    assertThat(scheduler.remove(sequence)).isFalse();
    assertThat(scheduler.next().size()).isZero();
  }

  @Test
  void randomTrafficIsServedLikeThePlainModelServesIt() {
    long seed = 8080;
    System.out.println("StepSchedulerTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      Traffic traffic = new Traffic(random);
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
    private final StepScheduler<Sequence> scheduler;
    private final List<Sequence> line = new ArrayList<>();

    Traffic(Random random) {
      this.random = random;
      maxRunning = 1 + random.nextInt(6);
      maxBatchTokens = 1 + random.nextInt(20);
      scheduler = new StepScheduler<>(maxRunning, maxBatchTokens);
    }

    void arriveAndCancel() {
      if (random.nextInt(3) == 0) {
        Sequence arrival = new Sequence(memory, 1 + random.nextInt(40), 1 + random.nextInt(20));
        line.add(arrival);
        scheduler.add(arrival);
      }
      if (!line.isEmpty() && random.nextInt(8) == 0) {
        leave(line.get(random.nextInt(line.size())));
      }
    }

    void step() {
      Map<Sequence, Integer> expected = expectedStep();
      Map<Sequence, Integer> actual = contents(scheduler.next());
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
      assertThat(scheduler.next().size()).isZero();
    }

    /** The line from its front: who fits runs, up to the first who does not. */
    private Map<Sequence, Integer> expectedStep() {
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
      Map<Sequence, Integer> step = new LinkedHashMap<>();
      running.stream().filter(Sequence::decoding).forEach(s -> step.put(s, 1));
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

    private void leave(Sequence sequence) {
      line.remove(sequence);
      assertThat(scheduler.remove(sequence)).isTrue();
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
    public boolean tryReserve() {
      assertThat(reserved).isFalse();
      reserved = memory.free >= reservation();
      memory.free -= reserved ? reservation() : 0;
      return reserved;
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
