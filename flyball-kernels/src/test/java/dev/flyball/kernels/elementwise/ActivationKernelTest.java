package dev.flyball.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.ActivationCurve;
import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(DifferentialTable.class)
class ActivationKernelTest {
  private static final float[] EXTREMES = {
    0f,
    -0f,
    1e-30f,
    -1e-30f,
    7f,
    -7f,
    87f,
    -87f,
    100f,
    -100f,
    1e15f,
    -1e15f,
    1e30f,
    -1e30f,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  @ParameterizedTest
  @EnumSource
  void valuesAreThoseOfPlainJavaAtEveryLengthAndOffset(ActivationCurve curve) {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    for (InstructionSet level : levels) {
      SplittableRandom random = new SplittableRandom(3);
      try (ActivationKernel kernel = new ActivationKernel(level, curve);
          Arena arena = Arena.ofConfined()) {
        MemorySegment parameters = arena.allocate(ActivationKernel.PARAMETER_BYTES, 8);
        for (int length = 0; length < 70; length++) {
          check(kernel, curve, parameters, length, random.nextInt(5), random);
          DifferentialTable.agreed("activation", curve, level);
        }
      }
    }
  }

  private static void check(
      ActivationKernel kernel,
      ActivationCurve curve,
      MemorySegment parameters,
      int length,
      int from,
      SplittableRandom random) {
    float[] x = new float[from + length + 3];
    float[] up = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = number(random, 3);
      up[i] = 5 * (float) random.nextGaussian();
    }
    float[] expected = x.clone();
    float[] actual = x.clone();
    curve.apply(expected, from, from + length);
    kernel.apply(actual, from, from + length, parameters);
    assertClose(curve, x, new float[x.length], expected, actual);
    float[] gated = x.clone();
    float[] actuallyGated = x.clone();
    curve.gate(gated, up, from, from + length);
    kernel.gate(actuallyGated, up, from, from + length, parameters);
    assertClose(curve, x, up, gated, actuallyGated);
    if (curve != ActivationCurve.CLIPPED_SILU) {
      checkAbove(kernel, curve, parameters, x, up, from, length);
    }
  }

  /** No activated gate is as near the threshold as the two differ. */
  private static void checkAbove(
      ActivationKernel kernel,
      ActivationCurve curve,
      MemorySegment parameters,
      float[] x,
      float[] up,
      int from,
      int length) {
    float[] gated = x.clone();
    float[] actuallyGated = x.clone();
    curve.gateAbove(gated, up, 0.31415f, from, from + length);
    kernel.gateAbove(actuallyGated, up, 0.31415f, from, from + length, parameters);
    assertClose(curve, x, up, gated, actuallyGated);
  }

  private static float number(SplittableRandom random, double size) {
    return random.nextInt(8) == 0
        ? EXTREMES[random.nextInt(EXTREMES.length)]
        : (float) (random.nextGaussian() * size);
  }

  private static void assertClose(
      ActivationCurve curve, float[] x, float[] up, float[] expected, float[] actual) {
    for (int i = 0; i < x.length; i++) {
      if (Float.isNaN(expected[i])) {
        assertThat(Float.isNaN(actual[i]) || x[i] == Float.NEGATIVE_INFINITY)
            .as("%s(%s) = %s", curve, x[i], actual[i])
            .isTrue();
      } else if (Float.isInfinite(expected[i])) {
        assertThat(actual[i]).as("%s(%s)", curve, x[i]).isEqualTo(expected[i]);
      } else {
        float tiny = 2e-7f * (1 + Math.abs(up[i]));
        assertThat(actual[i])
            .as("%s(%s), up %s", curve, x[i], up[i])
            .isCloseTo(expected[i], within(Math.abs(expected[i]) * 3e-6f + tiny));
      }
    }
  }
}
