package dev.flyball.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.LayerNorm;
import dev.flyball.kernels.RmsNorm;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the generated norms against the plain ones. */
@ExtendWith(DifferentialTable.class)
class NormKernelTest {
  private static final long SEED = 11;
  private static final float EPSILON = 1e-5f;
  private static final int[] LENGTHS = {16, 32, 48, 64, 80, 96, 112, 176, 2048};

  enum Kind {
    RMS(2e-6f, Float.MIN_NORMAL),
    /** Its differences from the mean lose digits, and so does the sum with a bias. */
    LAYER(4e-6f, 4e-6f);

    final float relative;
    final float absolute;

    Kind(float relative, float absolute) {
      this.relative = relative;
      this.absolute = absolute;
    }

    NormKernel kernel(InstructionSet level) {
      return this == RMS ? NormKernel.rms(level) : NormKernel.layer(level);
    }

    float[] expected(float[] x, int length, float[] weight, float[] bias) {
      float[] out = new float[2 * length];
      switch (this) {
        case RMS -> RmsNorm.apply(x, length, weight, EPSILON, out, length);
        case LAYER -> LayerNorm.apply(x, length, weight, bias, EPSILON, out, length);
      }
      return out;
    }

    /** Rows of a layer norm lie to one side of zero. */
    float mean(SplittableRandom random) {
      return this == LAYER ? random.nextInt(-2, 3) : 0;
    }
  }

  @ParameterizedTest
  @EnumSource
  void rowsAreNormalisedAsInPlainJava(Kind kind) {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    for (InstructionSet level : levels) {
      check(kind, level);
    }
  }

  private static void check(Kind kind, InstructionSet level) {
    SplittableRandom random = new SplittableRandom(SEED);
    try (NormKernel kernel = kind.kernel(level)) {
      for (int length : LENGTHS) {
        for (float size : new float[] {0, 1e-20f, 1, 1e15f}) {
          checkRow(
              kind, kernel, values(2 * length, kind.mean(random), size, random), false, random);
          checkRow(kind, kernel, values(2 * length, kind.mean(random), size, random), true, random);
        }
        float[] notFinite = values(2 * length, kind.mean(random), 1, random);
        notFinite[length + random.nextInt(length)] = Float.NaN;
        checkRow(kind, kernel, notFinite, true, random);
        notFinite[length + random.nextInt(length)] = Float.POSITIVE_INFINITY;
        checkRow(kind, kernel, notFinite, false, random);
        DifferentialTable.agreed("norm", kind, level);
      }
    }
  }

  /**
   * The second of two rows, so that the offset matters.
   *
   * @param x two rows
   */
  private static void checkRow(
      Kind kind, NormKernel kernel, float[] x, boolean adding, SplittableRandom random) {
    int length = x.length / 2;
    assertThat(kernel.takes(length)).isTrue();
    float[] weight = values(length, 0, 1, random);
    float[] bias = values(length, 0, 1, random);
    float[] delta = values(2 * length, 0, 1, random);
    float[] sum = x.clone();
    if (adding) {
      for (int i = length; i < 2 * length; i++) {
        sum[i] += delta[i];
      }
    }
    float[] expected = kind.expected(sum, length, weight, bias);
    float[] out = new float[2 * length];
    try (Arena arena = Arena.ofConfined()) {
      NormKernel.Learnt learnt =
          new NormKernel.Learnt(
              arena.allocateFrom(ValueLayout.JAVA_FLOAT, weight),
              arena.allocateFrom(ValueLayout.JAVA_FLOAT, bias),
              EPSILON);
      MemorySegment parameters = arena.allocate(NormKernel.PARAMETER_BYTES, 8);
      if (adding) {
        kernel.addAndApply(x, delta, length, learnt, out, parameters);
      } else {
        kernel.apply(x, length, learnt, out, parameters);
      }
    }
    assertThat(x).as("length %d, seed %d", length, SEED).isEqualTo(sum);
    for (int i = 0; i < out.length; i++) {
      if (Float.isNaN(expected[i])) {
        assertThat(out[i]).isNaN();
      } else {
        assertThat(out[i])
            .as("value %d of %d, seed %d", i, length, SEED)
            .isCloseTo(expected[i], within(kind.relative * Math.abs(expected[i]) + kind.absolute));
      }
    }
  }

  private static float[] values(int count, float mean, float size, SplittableRandom random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = size * (mean + (float) random.nextGaussian());
    }
    return values;
  }
}
