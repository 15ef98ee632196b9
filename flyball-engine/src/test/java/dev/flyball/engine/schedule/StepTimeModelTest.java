package dev.flyball.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class StepTimeModelTest {
  private static final StepCost SMALL_MODEL = new StepCost(2.5e6, 0.3e6, 0.35e6, 60, 90);
  private static final StepCost LARGE_MODEL = new StepCost(90e6, 14e6, 15e6, 4000, 6000);

  @Test
  void learnsTheCostsOfMachinesThatAreThirtyTimesApart() {
    for (StepCost machine : new StepCost[] {SMALL_MODEL, LARGE_MODEL}) {
      StepTimeModel model = new StepTimeModel();
      Random random = seeded(11);
      run(model, random, 300, machine::nanos, 0.1);
      assertThat(worstError(model, random, machine::nanos)).isLessThan(0.15);
      assertThat(model.usualDistance()).isLessThan(0.2);
    }
  }

  @Test
  void followsAMachineWhoseWeightsAreReadOnceForFewTokens() {
    ToDoubleFunction<StepWork> machine =
        work ->
            Math.max(17e6, 10e6 + 2e6 * (work.prefillTokens() + work.decodeTokens()))
                + 300.0 * work.prefillAttended()
                + 500.0 * work.decodeAttended();
    StepTimeModel model = new StepTimeModel();
    Random random = seeded(12);
    run(model, random, 300, machine, 0.1);
    assertThat(worstError(model, random, machine)).isLessThan(0.35);
  }

  @Test
  void pausesOfTheJvmDoNotSpoilIt() {
    StepTimeModel model = new StepTimeModel();
    Random random = seeded(13);
    ToDoubleFunction<StepWork> pausing =
        work -> SMALL_MODEL.nanos(work) * (random.nextInt(20) == 0 ? 20 : 1);
    run(model, random, 400, pausing, 0.1);
    assertThat(worstError(model, random, SMALL_MODEL::nanos)).isLessThan(0.3);
  }

  @Test
  void aMachineThatBecameSlowerIsFollowed() {
    StepTimeModel model = new StepTimeModel();
    Random random = seeded(14);
    run(model, random, 300, SMALL_MODEL::nanos, 0.05);
    run(model, random, 400, work -> 3 * SMALL_MODEL.nanos(work), 0.05);
    assertThat(worstError(model, random, work -> 3 * SMALL_MODEL.nanos(work))).isLessThan(0.2);
  }

  @Test
  void theCostOfPromptsIsKeptWhileThereAreNone() {
    StepTimeModel model = new StepTimeModel();
    Random random = seeded(15);
    run(model, random, 200, LARGE_MODEL::nanos, 0.05);
    for (int i = 0; i < 5000; i++) {
      StepWork work = decodes(random);
      model.observe(work, (long) noisy(random, LARGE_MODEL.nanos(work), 0.05));
    }
    assertThat(worstError(model, random, LARGE_MODEL::nanos)).isLessThan(0.25);
  }

  @Test
  void noCostIsEverNegativeWhateverIsMeasured() {
    Random random = seeded(16);
    StepTimeModel model = new StepTimeModel();
    for (int i = 0; i < 20_000; i++) {
      long nanos = (long) Math.pow(10, random.nextDouble() * 12);
      model.observe(random.nextInt(10) == 0 ? StepWork.NONE : work(random), nanos);
      StepCost cost = model.cost();
      assertThat(
              Math.min(
                  Math.min(cost.stepNanos(), cost.prefillNanos()),
                  Math.min(
                      cost.decodeNanos(), Math.min(cost.prefillKeyNanos(), cost.decodeKeyNanos()))))
          .isGreaterThanOrEqualTo(0);
      assertThat(cost.nanos(work(random))).isFinite();
    }
  }

  @Test
  void beforeItHasSeenPromptsItSaysSo() {
    StepTimeModel model = new StepTimeModel();
    Random random = seeded(17);
    for (int i = 0; i < 100; i++) {
      model.observe(decodes(random), 20_000_000);
    }
    assertThat(model.calibrated()).isFalse();
    model.observe(new StepWork(256, 0, 33_000, 0), 200_000_000);
    assertThat(model.calibrated()).isTrue();
  }

  @Test
  void theLargestChunkFillsATimeAndNoMore() {
    Random random = seeded(18);
    for (int i = 0; i < 2000; i++) {
      int context = random.nextInt(20_000);
      double nanos = random.nextDouble() * 500e6;
      int limit = 1 + random.nextInt(512);
      int chunk = LARGE_MODEL.largestChunk(nanos, context, limit);
      assertThat(chunk).isBetween(0, limit);
      assertThat(LARGE_MODEL.chunkNanos(chunk, context)).isLessThanOrEqualTo(nanos * (1 + 1e-9));
      if (chunk < limit) {
        assertThat(LARGE_MODEL.chunkNanos(chunk + 1, context)).isGreaterThan(nanos * (1 - 1e-9));
      }
    }
    assertThat(new StepCost(1, 0, 0, 0, 0).largestChunk(5, 3, 77)).isEqualTo(77);
    assertThat(LARGE_MODEL.largestChunk(-1, 0, 9)).isZero();
  }

  private static Random seeded(long seed) {
    System.out.println("StepTimeModelTest seed " + seed);
    return new Random(seed);
  }

  private static void run(
      StepTimeModel model,
      Random random,
      int steps,
      ToDoubleFunction<StepWork> machine,
      double noise) {
    for (int i = 0; i < steps; i++) {
      StepWork work = work(random);
      model.observe(work, (long) noisy(random, machine.applyAsDouble(work), noise));
    }
  }

  private static double noisy(Random random, double nanos, double noise) {
    return nanos * Math.exp(noise * random.nextGaussian());
  }

  private static double worstError(
      StepTimeModel model, Random random, ToDoubleFunction<StepWork> machine) {
    double worst = 0;
    for (int i = 0; i < 200; i++) {
      StepWork work = work(random);
      double nanos = machine.applyAsDouble(work);
      worst = Math.max(worst, Math.abs(model.cost().nanos(work) - nanos) / nanos);
    }
    return worst;
  }

  /** Decodes, a prompt alone, or both. */
  private static StepWork work(Random random) {
    StepWork decodes = decodes(random);
    int kind = random.nextInt(3);
    if (kind == 0) {
      return decodes;
    }
    int chunk = 1 + random.nextInt(256);
    long attended = StepWork.attended(chunk, random.nextInt(4000));
    return kind == 1
        ? new StepWork(chunk, 0, attended, 0)
        : new StepWork(chunk, decodes.decodeTokens(), attended, decodes.decodeAttended());
  }

  private static StepWork decodes(Random random) {
    int decoding = 1 + random.nextInt(8);
    return new StepWork(0, decoding, 0, (long) decoding * (50 + random.nextInt(2000)));
  }
}
