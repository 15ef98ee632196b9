package dev.flyball.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PowerOfTwoTest {
  private static final int COUNT = 64;

  @Test
  void powersAreOffByAtMostTwoUnitsInTheLastPlace() {
    SplittableRandom random = new SplittableRandom(3);
    for (InstructionSet level : InstructionSet.supported()) {
      for (int round = 0; round < 200; round++) {
        float[] x = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
          x[i] = (float) (round % 2 == 0 ? random.nextDouble(-126, 127) : random.nextDouble(-2, 0));
        }
        float[] powers = powers(level, x);
        for (int i = 0; i < COUNT; i++) {
          double exact = Math.pow(2, x[i]);
          assertThat(Math.abs(powers[i] - exact))
              .as("%s: 2^%s is %s", level.label(), x[i], exact)
              .isLessThan(2 * (double) Math.ulp((float) exact));
        }
      }
    }
  }

  @Test
  void whatIsFarBelowIsTheSmallestNormalNumber() {
    for (InstructionSet level : InstructionSet.supported()) {
      float[] x = new float[COUNT];
      x[1] = -126;
      x[2] = -1000;
      x[3] = -1e30f;
      x[4] = Float.NEGATIVE_INFINITY;
      x[5] = Float.NaN;
      float[] powers = powers(level, x);
      assertThat(powers)
          .startsWith(
              1, Float.MIN_NORMAL, Float.MIN_NORMAL, Float.MIN_NORMAL, Float.MIN_NORMAL, Float.NaN);
    }
  }

  /** By two vectors side by side, the first two with constants in vectors, the others in memory. */
  private static float[] powers(InstructionSet level, float[] x) {
    SimdBuilder s = level.newKernel(0);
    Reg data = s.parameter(0);
    for (int first = 0; first < COUNT; first += 2 * s.lanes()) {
      PowerOfTwo power = new PowerOfTwo(s, 2, first == 0 ? 2 : s.freeVectors() - 4);
      Vec[] pair = {s.vector(), s.vector()};
      s.load(pair[0], data, 4 * first);
      s.load(pair[1], data, 4 * first + s.bytes());
      power.apply(pair);
      s.store(data, 4 * first, pair[0]);
      s.store(data, 4 * first + s.bytes(), pair[1]);
      s.release(pair);
      power.release();
    }
    try (ExecutableMemory code = ExecutableMemory.require(s.finish());
        Arena arena = Arena.ofConfined()) {
      MemorySegment values = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
      MemorySegment parameters = arena.allocateFrom(ValueLayout.JAVA_LONG, values.address());
      NativeCode.call(code.entry(), parameters.address());
      return values.toArray(ValueLayout.JAVA_FLOAT);
    }
  }
}
