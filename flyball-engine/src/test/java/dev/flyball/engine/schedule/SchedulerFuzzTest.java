package dev.flyball.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.units.LatencyTarget;
import dev.flyball.units.Priority;
import dev.flyball.units.ServiceTerms;
import dev.flyball.units.TokenIds;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SchedulerFuzzTest {
  private static final StepCost MACHINE = new StepCost(5e6, 1e6, 1e6, 100, 100);

  @Test
  void everybodyIsServedOnceAndAllMemoryComesBack() {
    for (SchedulingPolicy policy : SchedulingPolicy.values()) {
      Random random = seeded(1903);
      for (int round = 0; round < 60; round++) {
        Traffic traffic = new Traffic(policy, random);
        for (int step = 0; step < 80; step++) {
          traffic.arriveAndCancel();
          traffic.engine.step();
        }
        traffic.engine.drain();
        assertThat(traffic.engine.finished).hasSize(traffic.served());
      }
    }
  }

  /** Memory for hardly more than one sequence: all but the first lose it again and again. */
  @Test
  void whoeverLosesMemoryStillGetsToTheEnd() {
    Random random = seeded(77);
    int preemptions = 0;
    for (int round = 0; round < 40; round++) {
      Simulation engine = engine(new SchedulerLimits(6, 32, 8), 16);
      for (int i = 0; i < 12; i++) {
        engine.submit(
            prompt(random, 1 + random.nextInt(60)), 1 + random.nextInt(60), terms(random));
      }
      engine.drain();
      preemptions += engine.finished.values().stream().mapToInt(ServiceNotes::preemptions).sum();
    }
    assertThat(preemptions).isGreaterThan(100);
  }

  /**
   * An overload of short urgent prompts that never ends, and one long prompt of low priority: it
   * overtakes what comes later than its promotions.
   */
  @Test
  void nobodyStarvesWhateverComes() {
    Random random = seeded(4711);
    for (int round = 0; round < 3; round++) {
      Simulation engine = engine(new SchedulerLimits(8, 256, 32), 400);
      int tokens = 500 + random.nextInt(2000);
      long begin = engine.nowNanos;
      SimulatedSequence patient =
          engine.submit(
              prompt(random, tokens),
              3,
              new ServiceTerms("default", Priority.LOW, LatencyTarget.NONE));
      while (!patient.finished()) {
        while (engine.open.size() < 20) {
          engine.submit(
              prompt(random, 1 + random.nextInt(200)),
              1 + random.nextInt(20),
              new ServiceTerms("default", Priority.HIGH, LatencyTarget.NONE));
        }
        engine.step();
      }
      double alone = MACHINE.promptNanos(tokens, 0, 256);
      double patience = PromptOrder.patienceNanos(alone, MACHINE, 256);
      double promoted = 2 * (PromptOrder.PROMOTION.toNanos() + patience);
      double line = 20 * (200 * 1e6 + 20 * 20e6);
      assertThat((double) engine.nowNanos - begin).isLessThan(promoted + 4 * alone + line);
    }
  }

  /** As long as several tenants have prompts in line, none is served much more than another. */
  @Test
  void tenantsThatAlwaysWaitAreServedAlike() {
    Random random = seeded(31);
    for (int round = 0; round < 4; round++) {
      Simulation engine = engine(new SchedulerLimits(8, 128, 32), 2000);
      int tenants = 2 + random.nextInt(4);
      Map<String, Long> served = new HashMap<>();
      for (int step = 0; step < 800; step++) {
        for (int tenant = 0; tenant < tenants; tenant++) {
          String name = "tenant" + tenant;
          int size = 1 + tenant * 150;
          while (engine.open.stream().filter(s -> waits(s, name)).count() < 4) {
            engine.submit(
                prompt(random, size + random.nextInt(20)), 1 + random.nextInt(30), of(name));
          }
        }
        engine
            .step()
            .forEach(
                (sequence, tokens) ->
                    served.merge(
                        sequence.terms().tenant(),
                        (long) tokens * (sequence.output > 1 ? 2 : 1),
                        Long::sum));
      }
      long unfair = AdaptiveScheduler.UNFAIR_BATCHES * 128L;
      long running = 8 * 30 * 2 + 128;
      assertThat(most(served) - least(served)).isLessThan(unfair + 2 * running);
    }
  }

  private static boolean waits(SimulatedSequence sequence, String tenant) {
    return sequence.output == 0 && sequence.terms().tenant().equals(tenant);
  }

  private static long most(Map<String, Long> served) {
    return served.values().stream().mapToLong(n -> n).max().orElseThrow();
  }

  private static long least(Map<String, Long> served) {
    return served.values().stream().mapToLong(n -> n).min().orElseThrow();
  }

  private static ServiceTerms of(String tenant) {
    return new ServiceTerms(tenant, Priority.NORMAL, LatencyTarget.NONE);
  }

  private static Simulation engine(SchedulerLimits limits, int blocks) {
    return new Simulation(
        SchedulingPolicy.ADAPTIVE,
        limits,
        new SimulatedMemory(limits.blockTokens(), blocks),
        MACHINE::nanos);
  }

  private static Random seeded(long seed) {
    System.out.println("SchedulerFuzzTest seed " + seed);
    return new Random(seed);
  }

  private static TokenIds prompt(Random random, int tokens) {
    return Simulation.prompt(random.nextInt(1 << 28), tokens);
  }

  private static ServiceTerms terms(Random random) {
    Priority priority = List.of(Priority.values()).get(random.nextInt(3));
    return new ServiceTerms(
        "tenant" + random.nextInt(3),
        priority,
        new LatencyTarget(target(random, 2000), target(random, 100)));
  }

  private static Optional<Duration> target(Random random, int mostMillis) {
    return random.nextBoolean()
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(1 + random.nextInt(mostMillis)));
  }

  /** Random arrivals, many of which share a prefix, and cancellations. */
  private static final class Traffic {
    final Simulation engine;
    private final Random random;
    private final int blockTokens;
    private final int most;
    private int submitted;
    private int cancelled;

    Traffic(SchedulingPolicy policy, Random random) {
      this.random = random;
      blockTokens = 1 + random.nextInt(16);
      int blocks = 8 + random.nextInt(60);
      most = blocks * blockTokens;
      engine =
          new Simulation(
              policy,
              new SchedulerLimits(1 + random.nextInt(8), 1 + random.nextInt(100), blockTokens),
              new SimulatedMemory(blockTokens, blocks),
              work -> MACHINE.nanos(work) * (0.5 + random.nextDouble()));
    }

    void arriveAndCancel() {
      if (random.nextInt(3) == 0) {
        int tokens = 1 + random.nextInt(Math.min(most - 1, 1 + random.nextInt(most)));
        int output = 1 + random.nextInt(Math.min(60, most - tokens));
        SimulatedSequence sequence =
            engine.submit(
                Simulation.prompt(100 * random.nextInt(3), tokens), output, terms(random));
        sequence.guessed = engine.scheduler instanceof AdaptiveScheduler ? random.nextInt(3) : 0;
        submitted++;
      }
      if (!engine.open.isEmpty() && random.nextInt(10) == 0) {
        engine.cancel(engine.open.get(random.nextInt(engine.open.size())));
        cancelled++;
      }
    }

    int served() {
      return submitted - cancelled;
    }
  }
}
