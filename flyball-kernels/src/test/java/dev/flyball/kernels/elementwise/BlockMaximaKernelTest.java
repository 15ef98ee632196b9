package dev.flyball.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.BlockMaxima;
import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DifferentialTable.class)
class BlockMaximaKernelTest {
  private static final long SEED = 22;
  private static final float[] SPECIALS = {
    Float.NaN,
    Float.intBitsToFloat(0xffc00001),
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.MIN_VALUE,
    0f,
    -0f
  };

  @Test
  void maximaAndSpecialsAreThoseOfThePlainTwin() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (InstructionSet level : InstructionSet.supported()) {
      try (BlockMaximaKernel kernel = new BlockMaximaKernel(level);
          Arena arena = Arena.ofConfined()) {
        MemorySegment parameters = arena.allocate(BlockMaximaKernel.PARAMETER_BYTES, 8);
        for (int length = 0; length < 700; length += 1 + random.nextInt(9)) {
          for (int specialsPerMille : new int[] {0, 2, 500}) {
            check(kernel, parameters, values(length, specialsPerMille, random));
            DifferentialTable.agreed("maxima", "F32", level);
          }
        }
      }
    }
  }

  private static float[] values(int length, int specialsPerMille, SplittableRandom random) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] =
          random.nextInt(1000) < specialsPerMille
              ? SPECIALS[random.nextInt(SPECIALS.length)]
              : (float) random.nextGaussian() - 3;
    }
    return values;
  }

  private static void check(BlockMaximaKernel kernel, MemorySegment parameters, float[] values) {
    float[] expected = new float[BlockMaxima.blocks(values.length)];
    float[] actual = new float[expected.length];
    boolean special = BlockMaxima.compute(values, 0, values.length, expected);

    assertThat(kernel.compute(values, values.length, actual, parameters))
        .as("%d values, seed %d", values.length, SEED)
        .isEqualTo(special);

    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i] == expected[i])
          .as("%s, not %s as maximum %d of %d values", actual[i], expected[i], i, values.length)
          .isTrue();
    }
  }
}
