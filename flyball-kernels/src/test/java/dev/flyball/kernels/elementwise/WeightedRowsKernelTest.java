package dev.flyball.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.WeightedRows;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DifferentialTable.class)
class WeightedRowsKernelTest {
  private static final long SEED = 31;
  private static final float[] EXTREMES = {
    0f,
    -0f,
    Float.MIN_VALUE,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };
  private static final int ROWS = 5;

  @Test
  void sumsAreThoseOfPlainJavaAtEveryLengthAndNumberOfRows() {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    for (InstructionSet level : levels) {
      SplittableRandom random = new SplittableRandom(SEED);
      try (WeightedRowsKernel kernel = new WeightedRowsKernel(level);
          Arena arena = Arena.ofConfined()) {
        MemorySegment parameters = arena.allocate(WeightedRowsKernel.PARAMETER_BYTES, 8);
        for (int length = 1; length <= 270; length += length < 20 ? 1 : 7) {
          for (int count : new int[] {0, 1, 2, 8, 16, 17, 33}) {
            check(kernel, parameters, length, count, random);
            DifferentialTable.agreed("weighted rows", "F32", level);
          }
        }
      }
    }
  }

  private static void check(
      WeightedRowsKernel kernel,
      MemorySegment parameters,
      int length,
      int count,
      SplittableRandom random) {
    int first = random.nextInt(3);
    int[] places = new int[first + count];
    float[] weights = new float[first + count];
    for (int k = 0; k < places.length; k++) {
      places[k] = random.nextInt(ROWS);
      weights[k] = number(random);
    }
    float[] rows = numbers(ROWS * length, random);
    int to = random.nextInt(3) * length;
    float[] expected = numbers(3 * length, random);
    float[] actual = expected.clone();
    WeightedRows.add(rows, places, weights, first, places.length, expected, to, 0, length);
    kernel.add(rows, places, weights, first, places.length, actual, to, length, parameters);
    assertThat(actual).as("%d rows of %d, seed %d", count, length, SEED).isEqualTo(expected);
  }

  private static float[] numbers(int count, SplittableRandom random) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = number(random);
    }
    return numbers;
  }

  private static float number(SplittableRandom random) {
    return random.nextInt(60) == 0
        ? EXTREMES[random.nextInt(EXTREMES.length)]
        : (float) random.nextGaussian();
  }
}
