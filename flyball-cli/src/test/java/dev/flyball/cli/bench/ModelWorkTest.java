package dev.flyball.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.limits.MachineLimits;
import org.junit.jupiter.api.Test;

class ModelWorkTest {
  /** Reads 1000 bytes and makes 500 products a second. */
  private static final MachineLimits MACHINE = new MachineLimits(1000, 500);

  /** 800 bytes a step, 100 products a token, 50 a row of logits, 10 bytes of cache a token. */
  private static final ModelWork DENSE = new ModelWork(800, 0, 100, 0, 50, 1, 10);

  private static double limit(ModelWork work, SpeedTest test) {
    return work.limitTokensPerSecond(test, 8, MACHINE);
  }

  @Test
  void singleSequenceIsBoundByReading() {
    assertThat(limit(DENSE, new SpeedTest(0, 1, 0, 1))).isCloseTo(1000 / 800.0, within(1e-9));
  }

  @Test
  void depthAndGeneratedTokensAreReadFromTheCache() {
    // 800 + 20 * 10, then 800 + 21 * 10 bytes
    assertThat(limit(DENSE, new SpeedTest(0, 2, 20, 1))).isCloseTo(2 / 2.01, within(1e-9));
  }

  @Test
  void manySequencesAreBoundByMultiplying() {
    // 4 * (100 + 50) products take longer than 800 bytes
    assertThat(limit(DENSE, new SpeedTest(0, 1, 0, 4))).isCloseTo(4 / 1.2, within(1e-9));
  }

  @Test
  void promptIsReadInStepsThatEachWantOneRowOfLogits() {
    // steps of 8 and 4 tokens: 850 products, then 450 products against 800 + 8 * 10 bytes
    assertThat(limit(DENSE, new SpeedTest(12, 0, 0, 1))).isCloseTo(12 / (1.7 + 0.9), within(1e-9));
  }

  @Test
  void tokensThatChooseExpertsIndependentlyMeetMoreOfThem() {
    ModelWork mixture = new ModelWork(0, 1000, 0, 8, 0, 0.5, 0);
    assertThat(limit(mixture, new SpeedTest(0, 1, 0, 1))).isCloseTo(1 / 0.5, within(1e-9));
    assertThat(limit(mixture, new SpeedTest(0, 1, 0, 2))).isCloseTo(2 / 0.75, within(1e-9));
  }
}
