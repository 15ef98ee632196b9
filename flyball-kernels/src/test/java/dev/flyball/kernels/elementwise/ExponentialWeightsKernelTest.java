package dev.flyball.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.BlockMaxima;
import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.ExponentialWeights;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DifferentialTable.class)
class ExponentialWeightsKernelTest {
  private static final long SEED = 23;

  @Test
  void weightsAndSumsAreThoseOfThePlainTwin() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (InstructionSet level : InstructionSet.supported()) {
      try (ExponentialWeightsKernel kernel = new ExponentialWeightsKernel(level);
          Arena arena = Arena.ofConfined()) {
        MemorySegment parameters = arena.allocate(ExponentialWeightsKernel.PARAMETER_BYTES, 8);
        for (int length = 1; length < 900; length += 1 + random.nextInt(19)) {
          for (float scale : new float[] {0.01f, 1, 1.25f, 1e30f}) {
            check(kernel, parameters, values(length, random), scale);
            DifferentialTable.agreed("weights", "F32", level);
          }
        }
      }
    }
  }

  /** Weights down to a billionth of the largest are within 3 millionths of what they should be. */
  @Test
  void aSumOverAVocabularyIsThatOfDoublesToFiveMillionths() {
    SplittableRandom random = new SplittableRandom(SEED);
    float[] values = new float[151_936];
    double exact = 0;
    float scale = 1 / 0.8f;
    for (int i = 0; i < values.length; i++) {
      values[i] = -(float) Math.abs(random.nextGaussian() * 5);
      exact += Math.exp(values[i] / 0.8);
    }
    float[] sums = new float[BlockMaxima.blocks(values.length)];
    for (InstructionSet level : InstructionSet.supported()) {
      try (ExponentialWeightsKernel kernel = new ExponentialWeightsKernel(level);
          Arena arena = Arena.ofConfined()) {
        MemorySegment parameters = arena.allocate(ExponentialWeightsKernel.PARAMETER_BYTES, 8);
        kernel.compute(values, values.length, 0, scale, new float[values.length], sums, parameters);
        double sum = 0;
        for (float part : sums) {
          sum += part;
        }
        assertThat(sum / exact).as("%s", level).isEqualTo(1, within(5e-6));
      }
    }
  }

  private static float[] values(int length, SplittableRandom random) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] =
          random.nextInt(20) == 0
              ? Float.NEGATIVE_INFINITY
              : (float) -Math.abs(random.nextGaussian() * 30);
    }
    values[random.nextInt(length)] = 0;
    values[random.nextInt(length)] = -Float.MAX_VALUE;
    return values;
  }

  private static void check(
      ExponentialWeightsKernel kernel, MemorySegment parameters, float[] values, float scale) {
    int length = values.length;
    float[] expected = new float[length];
    float[] actual = new float[length];
    float[] expectedSums = new float[BlockMaxima.blocks(length)];
    float[] actualSums = new float[expectedSums.length];
    ExponentialWeights.compute(values, 0, length, 0, scale, expected, expectedSums);

    kernel.compute(values, length, 0, scale, actual, actualSums, parameters);

    for (int i = 0; i < length; i++) {
      assertThat(actual[i])
          .as("weight %d of %d, of value %s times %s, seed %d", i, length, values[i], scale, SEED)
          .isEqualTo(expected[i], within(4 * Math.ulp(expected[i])));
    }
    for (int i = 0; i < expectedSums.length; i++) {
      assertThat(actualSums[i])
          .as("sum %d of %d values", i, length)
          .isEqualTo(expectedSums[i], within(1e-5f * expectedSums[i]));
    }
  }
}
