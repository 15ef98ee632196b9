package dev.flyball.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.units.ServiceTerms;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WholeTextSchedulerTest {
  private final SimulatedMemory memory = new SimulatedMemory(4, 100);
  private final WholeTextScheduler<SimulatedSequence> scheduler =
      new WholeTextScheduler<>(new SchedulerLimits(2, 50, 4));

  private SimulatedSequence add(int tokens) {
    SimulatedSequence sequence =
        new SimulatedSequence(memory, TokenIds.of(new int[tokens]), 1, ServiceTerms.DEFAULT, 0);
    scheduler.add(sequence, 0);
    return sequence;
  }

  private List<SimulatedSequence> next() {
    Step<SimulatedSequence> step = scheduler.next(0);
    List<SimulatedSequence> sequences = new ArrayList<>();
    for (int i = 0; i < step.size(); i++) {
      assertThat(step.tokens(i)).isEqualTo(step.sequence(i).pendingTokens());
      sequences.add(step.sequence(i));
    }
    return sequences;
  }

  private void end(List<SimulatedSequence> sequences) {
    sequences.forEach(
        sequence -> {
          assertThat(scheduler.remove(sequence)).isPresent();
          sequence.release(PreemptionMode.RECOMPUTE);
        });
  }

  @Test
  void aStepHasAsManyWholeTextsAsFit() {
    SimulatedSequence first = add(30);
    SimulatedSequence large = add(25);
    SimulatedSequence small = add(10);
    SimulatedSequence smaller = add(10);
    assertThat(next()).containsExactly(first, small, smaller);
    assertThat(scheduler.running()).containsExactly(first, small, smaller);
    assertThat(scheduler.waiting()).containsExactly(large);
    end(List.of(first, small, smaller));
    assertThat(next()).containsExactly(large);
  }

  @Test
  void theOldestIsAlwaysNextHoweverManySmallOnesCome() {
    add(20);
    SimulatedSequence large = add(50);
    end(next());
    for (int i = 0; i < 10; i++) {
      add(1);
    }
    assertThat(next()).containsExactly(large);
  }

  @Test
  void textsWaitForMemoryAsForRoomInTheStep() {
    SimulatedMemory little = new SimulatedMemory(4, 3);
    List<SimulatedSequence> sequences = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sequences.add(
          new SimulatedSequence(little, TokenIds.of(new int[8]), 1, ServiceTerms.DEFAULT, 0));
      scheduler.add(sequences.get(i), 0);
    }
    assertThat(next()).containsExactly(sequences.get(0));
    assertThat(scheduler.waitingCount()).isEqualTo(2);
  }

  @Test
  void everyTextHasItsTurnWhateverComesAndGoes() {
    long seed = 12;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<SimulatedSequence> all = new ArrayList<>();
    List<SimulatedSequence> done = new ArrayList<>();
    for (int round = 0; round < 2000; round++) {
      for (int i = random.nextInt(4); i > 0 && round < 1000; i--) {
        all.add(add(1 + random.nextInt(50)));
      }
      if (random.nextInt(10) == 0 && !scheduler.waiting().isEmpty()) {
        SimulatedSequence cancelled = scheduler.waiting().getLast();
        end(List.of(cancelled));
        all.remove(cancelled);
      }
      List<SimulatedSequence> step = next();
      assertThat(step.stream().mapToInt(SimulatedSequence::pendingTokens).sum())
          .isLessThanOrEqualTo(50);
      end(step);
      done.addAll(step);
    }
    assertThat(done).containsExactlyInAnyOrderElementsOf(all);
    assertThat(memory.usedBlocks()).isZero();
  }

  @Test
  void aSequenceIsScheduledOnce() {
    SimulatedSequence sequence = add(3);
    assertThatThrownBy(() -> scheduler.add(sequence, 0)).isInstanceOf(IllegalStateException.class);
    assertThat(scheduler.remove(sequence)).isPresent();
    assertThat(scheduler.remove(sequence)).isEmpty();
  }
}
