package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.WorkerTeam;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SplitActivationsTest {
  private static final int TOKENS = 3;

  @Test
  void partsAddUpAndTheCoarseOneHoldsInEightBits() {
    SplittableRandom random = new SplittableRandom(9);
    try (WorkerTeam team = new WorkerTeam("split-test", 2)) {
      SplitActivations split = new SplitActivations(team);
      for (int columns : new int[] {64, 32, 40, 5}) {
        float[] x = new float[TOKENS * columns];
        for (int i = 0; i < x.length; i++) {
          x[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-3, 4)));
        }
        check(x, columns, split.split(x, TOKENS, columns));
      }
    }
  }

  private static void check(float[] x, int columns, float[] parts) {
    for (int i = 0; i < x.length; i++) {
      int block = i - i % columns % 32;
      float largest = 0;
      for (int j = block; j < Math.min(block + 32, i - i % columns + columns); j++) {
        largest = Math.max(largest, Math.abs(x[j]));
      }
      float coarse = parts[i];
      float rest = parts[x.length + i];
      assertThat(coarse + rest).isCloseTo(x[i], within(1e-6f * largest));
      assertThat(Math.abs(rest)).isLessThanOrEqualTo(largest / 253);
      double steps = coarse / (largest / 127.0);
      assertThat(steps).isCloseTo(Math.rint(steps), within(1e-4));
    }
  }

  @Test
  void zerosAndNumbersTooSmallToScaleStayWhatTheyAre() {
    float[] x = new float[32];
    x[7] = Float.MIN_VALUE;
    try (WorkerTeam team = new WorkerTeam("split-test", 1)) {
      float[] parts = new SplitActivations(team).split(x, 1, 32);
      for (int i = 0; i < 32; i++) {
        assertThat(parts[i] + parts[32 + i]).isEqualTo(x[i]);
      }
    }
  }
}
