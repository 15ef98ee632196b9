package dev.flyball.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.DifferentialTable;
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

/** Holds what the kernel writes against what plain Java writes, bytes beside it included. */
@ExtendWith(DifferentialTable.class)
class KvStoreKernelTest {
  private static final long SEED = 17;
  private static final int[] LENGTHS = {1, 4, 6, 16, 32, 40, 64, 96, 128, 192};
  private static final float[] EXTREMES = {
    0f, -0f, 1e-6f, 65504, 65520, -1e30f, Float.POSITIVE_INFINITY, Float.NaN
  };

  @ParameterizedTest
  @EnumSource
  void blocksAreThoseOfPlainJavaForAnyLengthsAndSlots(KvElement element) {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    for (InstructionSet level : levels) {
      SplittableRandom random = new SplittableRandom(SEED);
      for (int keyLength : LENGTHS) {
        int valueLength = LENGTHS[random.nextInt(LENGTHS.length)];
        KvLayout layout = new KvLayout(element, keyLength, valueLength);
        try (KvStoreKernel kernel = new KvStoreKernel(layout, level)) {
          for (int tokens : new int[] {1, 7, 8, 9, 15, 16, 17, 32}) {
            check(kernel, layout, tokens, random.nextInt(33 - tokens), random);
            DifferentialTable.agreed("store", element, level);
          }
        }
      }
    }
  }

  private static void check(
      KvStoreKernel kernel, KvLayout layout, int tokens, int slot, SplittableRandom random) {
    int keyStride = layout.keyLength() + random.nextInt(3);
    int valueStride = layout.valueLength() + random.nextInt(3);
    int offset = random.nextInt(5);
    float[] keys = numbers(offset + tokens * keyStride, random);
    float[] values = numbers(offset + tokens * valueStride, random);
    long at = 32;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment expected = arena.allocate(layout.bytes() + 64, 64).fill((byte) 0x5a);
      MemorySegment actual = arena.allocate(layout.bytes() + 64, 64).fill((byte) 0x5a);
      MemorySegment parameters = arena.allocate(KvStoreKernel.PARAMETER_BYTES, 8);
      for (int t = 0; t < tokens; t++) {
        layout.putKey(expected, at, slot + t, keys, offset + t * keyStride);
        layout.putValue(expected, at, slot + t, values, offset + t * valueStride);
      }
      kernel.putKeys(actual, at, slot, tokens, keys, offset, keyStride, parameters);
      kernel.putValues(actual, at, slot, tokens, values, offset, valueStride, parameters);
      String where = "%s, %d tokens from slot %d, seed %d".formatted(layout, tokens, slot, SEED);
      compare(layout, expected, actual, at, where);
    }
  }

  private static void compare(
      KvLayout layout, MemorySegment expected, MemorySegment actual, long at, String where) {
    if (layout.keys() == KvElement.Q4_0) {
      assertThat(actual.mismatch(expected)).as(where).isEqualTo(-1);
      return;
    }
    if (layout.keys() == KvElement.Q8_0) {
      compareScaled(layout, expected, actual, at, where);
      return;
    }
    boolean halves = layout.keys() == KvElement.F16;
    for (long i = 0; i < expected.byteSize(); i += halves ? 2 : 4) {
      float a = number(expected, i, halves);
      float b = number(actual, i, halves);
      assertThat(b).as("%s, byte %d", where, i).isEqualTo(Float.valueOf(a));
    }
  }

  private static float number(MemorySegment block, long at, boolean halves) {
    return halves
        ? Float.float16ToFloat(block.get(ValueLayout.JAVA_SHORT, at))
        : block.get(ValueLayout.JAVA_FLOAT, at);
  }

  /** Scales are the same; codes are, too, but for halves, where the scale is a number. */
  private static void compareScaled(
      KvLayout layout, MemorySegment expected, MemorySegment actual, long at, String where) {
    for (int slot = 0; slot < KvLayout.BLOCK_TOKENS; slot++) {
      for (int d = 0; d < layout.keyLength(); d++) {
        long scaleAt = at + layout.keyScaleOffset(d / KvElement.SCALED, slot);
        long codeAt = at + (long) d * layout.keyStride() + slot;
        compareCode(expected, actual, scaleAt, codeAt, where + ", key");
      }
      for (int d = 0; d < layout.valueLength(); d++) {
        long scaleAt = at + layout.valueScaleOffset(slot, d / KvElement.SCALED);
        long codeAt = at + layout.valuesOffset() + (long) slot * layout.valueStride() + d;
        compareCode(expected, actual, scaleAt, codeAt, where + ", value");
      }
    }
    assertThat(actual.asSlice(0, at).mismatch(expected.asSlice(0, at))).isEqualTo(-1);
    long end = at + layout.bytes();
    assertThat(actual.asSlice(end).mismatch(expected.asSlice(end))).isEqualTo(-1);
  }

  private static void compareCode(
      MemorySegment expected, MemorySegment actual, long scaleAt, long codeAt, String where) {
    float scale = expected.get(ValueLayout.JAVA_FLOAT_UNALIGNED, scaleAt);
    assertThat(actual.get(ValueLayout.JAVA_FLOAT_UNALIGNED, scaleAt))
        .as("%s, scale at %d", where, scaleAt)
        .isEqualTo(Float.valueOf(scale));
    if (Float.isFinite(scale) && (scale == 0 || scale >= Float.MIN_NORMAL)) {
      byte code = actual.get(ValueLayout.JAVA_BYTE, codeAt);
      assertThat(code - expected.get(ValueLayout.JAVA_BYTE, codeAt))
          .as("%s, code at %d", where, codeAt)
          .isBetween(-1, 1);
    }
  }

  private static float[] numbers(int count, SplittableRandom random) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] =
          random.nextInt(200) == 0
              ? EXTREMES[random.nextInt(EXTREMES.length)]
              : (float) random.nextGaussian();
    }
    return numbers;
  }
}
