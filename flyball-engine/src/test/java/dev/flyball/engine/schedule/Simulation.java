package dev.flyball.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.units.ServiceTerms;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** An engine with a simulated machine, which holds every step to what is promised of all. */
final class Simulation {
  final SchedulerLimits limits;
  final SimulatedMemory memory;
  final StepScheduler<SimulatedSequence> scheduler;
  final List<SimulatedSequence> open = new ArrayList<>();
  final Map<SimulatedSequence, ServiceNotes> finished = new LinkedHashMap<>();
  long nowNanos = 1_000_000_000;
  int steps;
  private final SchedulingPolicy policy;
  private final ToDoubleFunction<StepWork> machine;

  Simulation(
      SchedulingPolicy policy,
      SchedulerLimits limits,
      SimulatedMemory memory,
      ToDoubleFunction<StepWork> machine) {
    this.policy = policy;
    this.limits = limits;
    this.memory = memory;
    this.machine = machine;
    scheduler = StepScheduler.of(policy, limits, memory::freeTokens);
  }

  static TokenIds prompt(int firstToken, int tokens) {
    int[] ids = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      ids[i] = firstToken + i;
    }
    return TokenIds.of(ids);
  }

  SimulatedSequence submit(TokenIds prompt, int maxOutput, ServiceTerms terms) {
    SimulatedSequence sequence = new SimulatedSequence(memory, prompt, maxOutput, terms, nowNanos);
    open.add(sequence);
    scheduler.add(sequence, nowNanos);
    return sequence;
  }

  void cancel(SimulatedSequence sequence) {
    open.remove(sequence);
    assertThat(scheduler.remove(sequence)).isPresent();
    assertThat(scheduler.remove(sequence)).isEmpty();
    sequence.release(PreemptionMode.RECOMPUTE);
  }

  /** What was done with a sequence that is finished. */
  ServiceNotes notes(SimulatedSequence sequence) {
    return Optional.ofNullable(finished.get(sequence)).orElseThrow();
  }

  /** Runs one step; gives its contents. */
  Map<SimulatedSequence, Integer> step() {
    List<SimulatedSequence> decoding = open.stream().filter(s -> s.decoding()).toList();
    int releases = releases();
    Step<SimulatedSequence> step = scheduler.next(nowNanos);
    Map<SimulatedSequence, Integer> contents = contents(step);
    check(step, contents, decoding, releases() > releases);
    StepWork work = step.work();
    long elapsed = (long) machine.applyAsDouble(work);
    nowNanos += elapsed;
    steps++;
    contents.forEach((sequence, tokens) -> sequence.compute(tokens, nowNanos));
    if (step.size() > 0) {
      scheduler.ran(step, elapsed);
    }
    for (SimulatedSequence sequence : contents.keySet()) {
      if (sequence.finished()) {
        open.remove(sequence);
        finished.put(sequence, scheduler.remove(sequence).orElseThrow());
        sequence.release(PreemptionMode.RECOMPUTE);
      }
    }
    assertThat(memory.usedBlocks()).isLessThanOrEqualTo(memory.capacityBlocks);
    return contents;
  }

  /** Runs until nobody is left. */
  void drain() {
    for (int i = 0; !open.isEmpty(); i++) {
      assertThat(i).as("steps without an end").isLessThan(200_000);
      step();
    }
    assertThat(memory.usedBlocks()).isZero();
  }

  private int releases() {
    return open.stream().mapToInt(sequence -> sequence.releases).sum();
  }

  private Map<SimulatedSequence, Integer> contents(Step<SimulatedSequence> step) {
    Map<SimulatedSequence, Integer> contents = new LinkedHashMap<>();
    for (int i = 0; i < step.size(); i++) {
      assertThat(contents.put(step.sequence(i), step.tokens(i))).isNull();
      assertThat(open).contains(step.sequence(i));
    }
    return contents;
  }

  private void check(
      Step<SimulatedSequence> step,
      Map<SimulatedSequence, Integer> contents,
      List<SimulatedSequence> decoding,
      boolean preempted) {
    assertThat(contents.values().stream().mapToInt(n -> n).sum())
        .isEqualTo(step.totalTokens())
        .isLessThanOrEqualTo(limits.maxBatchTokens());
    assertThat(step.size()).isLessThanOrEqualTo(limits.maxRunning());
    assertThat(step.size() > 0).isEqualTo(!open.isEmpty());
    boolean answersStandStill =
        policy == SchedulingPolicy.FCFS
            && contents.keySet().stream().noneMatch(SimulatedSequence::decoding);
    if (!preempted && !answersStandStill && !contents.keySet().containsAll(decoding)) {
      assertThat(decoding.size() + 1)
          .as("answers wait for places")
          .isGreaterThan(limits.maxRunning());
      assertThat(step.size()).isGreaterThanOrEqualTo(Math.max(1, limits.maxRunning() - 1));
    }
    Set<SimulatedSequence> scheduled = new HashSet<>();
    scheduler.forEachRunning(scheduled::add);
    assertThat(scheduled).isEqualTo(new HashSet<>(scheduler.running()));
    assertThat(scheduled).containsAll(contents.keySet()).hasSize(scheduler.runningCount());
    scheduled.addAll(scheduler.waiting());
    assertThat(scheduled).isEqualTo(new HashSet<>(open));
    assertThat(scheduler.waitingCount() + scheduler.runningCount()).isEqualTo(open.size());
  }
}
