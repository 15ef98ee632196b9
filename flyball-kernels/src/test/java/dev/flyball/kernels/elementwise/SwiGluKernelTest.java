package dev.flyball.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.SwiGlu;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DifferentialTable.class)
class SwiGluKernelTest {
  private static final float[] EXTREMES = {
    0f,
    -0f,
    1e-30f,
    -1e-30f,
    87f,
    -87f,
    100f,
    -100f,
    1e30f,
    -1e30f,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  @Test
  void gatesLikeItsPlainTwinAtEveryLengthAndOffset() {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    SplittableRandom random = new SplittableRandom(3);
    for (InstructionSet level : levels) {
      try (SwiGluKernel kernel = new SwiGluKernel(level);
          Arena arena = Arena.ofConfined()) {
        MemorySegment parameters = arena.allocate(SwiGluKernel.PARAMETER_BYTES, 8);
        for (int length = 0; length < 70; length++) {
          check(kernel, parameters, length, random.nextInt(5), random);
          DifferentialTable.agreed("swiglu", "F32", level);
        }
      }
    }
  }

  private static void check(
      SwiGluKernel kernel,
      MemorySegment parameters,
      int length,
      int from,
      SplittableRandom random) {
    float[] gate = new float[from + length + 3];
    float[] up = new float[gate.length];
    for (int i = 0; i < gate.length; i++) {
      boolean extreme = random.nextInt(8) == 0;
      gate[i] =
          extreme ? EXTREMES[random.nextInt(EXTREMES.length)] : (float) random.nextGaussian() * 5;
      up[i] = (float) random.nextGaussian();
    }
    float[] expected = gate.clone();
    SwiGlu.apply(expected, up, from, length);
    float[] actual = gate.clone();
    kernel.apply(actual, up, from, from + length, parameters);
    for (int i = 0; i < gate.length; i++) {
      if (Float.isNaN(expected[i])) {
        assertThat(Float.isNaN(actual[i]) || gate[i] == Float.NEGATIVE_INFINITY).isTrue();
      } else if (Float.isInfinite(expected[i])) {
        assertThat(actual[i]).isEqualTo(expected[i]);
      } else {
        assertThat(actual[i])
            .as("silu(%s) * %s", gate[i], up[i])
            .isCloseTo(expected[i], within(Math.abs(expected[i]) * 2e-6f + 1e-7f));
      }
    }
  }
}
