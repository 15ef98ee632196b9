package dev.flyball.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.LayerNorm;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Holds the generated norm against the plain one. */
@ExtendWith(DifferentialTable.class)
class LayerNormKernelTest {
  private static final long SEED = 11;
  private static final float EPSILON = 1e-5f;
  private static final int[] LENGTHS = {16, 32, 48, 64, 80, 96, 112, 176, 2048};

  @TestFactory
  List<DynamicTest> rowsAreNormalisedAsInPlainJava() {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    return levels.stream()
        .map(level -> DynamicTest.dynamicTest(level.label(), () -> check(level)))
        .toList();
  }

  private static void check(InstructionSet level) {
    SplittableRandom random = new SplittableRandom(SEED);
    try (LayerNormKernel kernel = new LayerNormKernel(level)) {
      for (int length : LENGTHS) {
        for (float size : new float[] {0, 1e-20f, 1, 1e15f}) {
          checkRow(kernel, values(2 * length, size, random), length, false, random);
          checkRow(kernel, values(2 * length, size, random), length, true, random);
        }
        float[] notFinite = values(2 * length, 1, random);
        notFinite[length + random.nextInt(length)] = Float.NaN;
        checkRow(kernel, notFinite, length, true, random);
        notFinite[length + random.nextInt(length)] = Float.POSITIVE_INFINITY;
        checkRow(kernel, notFinite, length, false, random);
        DifferentialTable.agreed("norm", "layer", level);
        DifferentialTable.agreed("norm", "add, layer", level);
      }
    }
  }

  /** The second of two rows, so that the offset matters. */
  private static void checkRow(
      LayerNormKernel kernel, float[] x, int length, boolean adding, SplittableRandom random) {
    assertThat(kernel.takes(length)).isTrue();
    float[] weight = values(length, 1, random);
    float[] bias = values(length, 1, random);
    float[] delta = values(2 * length, 1, random);
    float[] sum = x.clone();
    if (adding) {
      for (int i = length; i < 2 * length; i++) {
        sum[i] += delta[i];
      }
    }
    float[] expected = new float[2 * length];
    LayerNorm.apply(sum, length, weight, bias, EPSILON, expected, length);
    float[] out = new float[2 * length];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment weights = arena.allocateFrom(ValueLayout.JAVA_FLOAT, weight);
      MemorySegment biases = arena.allocateFrom(ValueLayout.JAVA_FLOAT, bias);
      MemorySegment parameters = arena.allocate(LayerNormKernel.PARAMETER_BYTES, 8);
      if (adding) {
        kernel.addAndApply(x, delta, length, weights, biases, EPSILON, out, parameters);
      } else {
        kernel.apply(x, length, weights, biases, EPSILON, out, parameters);
      }
    }
    assertThat(x).as("length %d, seed %d", length, SEED).isEqualTo(sum);
    for (int i = 0; i < out.length; i++) {
      if (Float.isNaN(expected[i])) {
        assertThat(out[i]).isNaN();
      } else {
        assertThat(out[i])
            .as("value %d of %d, seed %d", i, length, SEED)
            .isCloseTo(expected[i], within(4e-6f * (1 + Math.abs(expected[i]))));
      }
    }
  }

  private static float[] values(int count, float size, SplittableRandom random) {
    float[] values = new float[count];
    float mean = size * random.nextInt(-2, 3);
    for (int i = 0; i < count; i++) {
      values[i] = mean + size * (float) random.nextGaussian();
    }
    return values;
  }
}
