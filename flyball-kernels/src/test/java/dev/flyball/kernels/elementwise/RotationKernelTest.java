package dev.flyball.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.EveryLevel;
import dev.flyball.kernels.HalfRotation;
import dev.flyball.kernels.PairRotation;
import dev.flyball.kernels.elementwise.RotationKernel.Pairing;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Holds the generated rotation, bit by bit, against plain Java. */
@ExtendWith(DifferentialTable.class)
class RotationKernelTest {
  private static final long SEED = 17;
  private static final int MAX_PAIRS = 66;
  private static final float[] EXTREMES = {
    0f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN
  };

  @TestFactory
  List<DynamicTest> headsAreRotatedAsInPlainJava() {
    return EveryLevel.of(List.of(Pairing.values()), (pairing, level) -> check(level, pairing));
  }

  private static void check(InstructionSet level, Pairing pairing) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int pairs = 1; pairs <= MAX_PAIRS; pairs++) {
      try (RotationKernel kernel = new RotationKernel(level, pairing, pairs)) {
        for (int heads : new int[] {1, 2, 5}) {
          check(kernel, pairing, pairs, heads, random);
          DifferentialTable.agreed("rotation", pairing, level);
        }
      }
    }
  }

  private static void check(
      RotationKernel kernel, Pairing pairing, int pairs, int heads, SplittableRandom random) {
    int headLength = 2 * pairs + random.nextInt(20);
    int offset = random.nextInt(9);
    int angles = random.nextInt(9);
    float[] x = values(offset + heads * headLength + 3, random);
    float[] cosines = values(angles + 2 * pairs, random);
    float[] sines = values(angles + 2 * pairs, random);
    float[] expected = x.clone();
    for (int head = 0; head < heads; head++) {
      int at = offset + head * headLength;
      switch (pairing) {
        case ADJACENT -> PairRotation.apply(expected, at, cosines, sines, angles, pairs);
        case HALVES -> HalfRotation.apply(expected, at, cosines, sines, angles, pairs);
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = arena.allocate(RotationKernel.PARAMETER_BYTES, 8);
      kernel.apply(x, offset, heads, headLength, cosines, sines, angles, parameters);
    }
    assertThat(x)
        .as("%d pairs of %d heads of %d, seed %d", pairs, heads, headLength, SEED)
        .isEqualTo(expected);
  }

  private static float[] values(int count, SplittableRandom random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          random.nextInt(40) == 0
              ? EXTREMES[random.nextInt(EXTREMES.length)]
              : (float) random.nextGaussian();
    }
    return values;
  }
}
