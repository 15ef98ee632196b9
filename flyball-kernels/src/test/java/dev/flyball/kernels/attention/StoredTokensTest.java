package dev.flyball.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredTokensTest {
  private static final long SEED = 20_261_121;
  private static final long AT = 64;

  @ParameterizedTest
  @CsvSource({
    "F32, F32, 0",
    "F16, F16, 0.001",
    "Q8_0, Q8_0, 0.02",
    "Q8_0, Q4_0, 0.3",
    "Q4_0, Q4_0, 0.3",
    "Q4_0, F16, 0.3"
  })
  void whatWasStoredIsReadBackButForItsRounding(KvElement keys, KvElement values, double rounding) {
    int tokens = 29;
    for (int[] lengths : new int[][] {{48, 32}, {576, 512}, {20, 17}, {70, 33}}) {
      KvLayout layout = new KvLayout(keys, values, lengths[0], lengths[1]);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment block = arena.allocate(AT + layout.bytes(), 64);
        float[] key = random(tokens * lengths[0]);
        float[] value = random(tokens * lengths[1]);
        for (int t = 0; t < tokens; t++) {
          layout.putKey(block, AT, t, key, t * lengths[0]);
          layout.putValue(block, AT, t, value, t * lengths[1]);
        }
        StoredTokens stored = new StoredTokens(layout);

        float[] readKeys = new float[key.length + 1];
        stored.keys(block, AT, tokens, readKeys, 1);
        float[] readValues = new float[value.length + 1];
        stored.values(block, AT, tokens, readValues, 1);

        assertAlike(readKeys, key, rounding);
        assertAlike(readValues, value, rounding);
      }
    }
  }

  private static float[] random(int count) {
    Random random = new Random(SEED);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextFloat(-2, 2);
    }
    return numbers;
  }

  private static void assertAlike(float[] read, float[] stored, double rounding) {
    for (int i = 0; i < stored.length; i++) {
      assertThat((double) read[i + 1]).isCloseTo(stored[i], within(rounding));
    }
  }
}
