package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.KvStorage;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheSupplyTest {
  private static final int CONTEXT = 32_768;

  private static CacheSupply supply(KvStorage usual, long capacity, boolean byRule) {
    long usualBytes = bytes(usual);
    return new CacheSupply(
        usual,
        Map.of(
            KvStorage.NATIVE_F32, capacity * usualBytes / bytes(KvStorage.NATIVE_F32),
            KvStorage.NATIVE_F16, capacity * usualBytes / bytes(KvStorage.NATIVE_F16),
            KvStorage.NATIVE_Q8_0, capacity * usualBytes / bytes(KvStorage.NATIVE_Q8_0)),
        CONTEXT,
        8,
        byRule);
  }

  private static long bytes(KvStorage storage) {
    return switch (storage) {
      case HEAP_F32, NATIVE_F32 -> 32;
      case NATIVE_F16 -> 16;
      case NATIVE_Q8_0 -> 9;
    };
  }

  private static KvStorage byRule(CacheSupply supply, int promptTokens) {
    return supply.choose(CacheType.AUTOMATIC, promptTokens).storage();
  }

  @Test
  void onlyALongPromptInShortMemoryIsKeptInBytes() {
    CacheSupply shortMemory = supply(KvStorage.NATIVE_F16, CONTEXT, true);
    assertThat(byRule(shortMemory, 4095)).isEqualTo(KvStorage.NATIVE_F16);
    assertThat(byRule(shortMemory, 4096)).isEqualTo(KvStorage.NATIVE_F16);
    assertThat(byRule(shortMemory, 4097)).isEqualTo(KvStorage.NATIVE_Q8_0);
    assertThat(shortMemory.choose(CacheType.AUTOMATIC, 4097).reason()).contains("long", "8 such");
    CacheSupply enough = supply(KvStorage.NATIVE_F16, 8L * CONTEXT, true);
    assertThat(byRule(enough, CONTEXT - 1)).isEqualTo(KvStorage.NATIVE_F16);
    assertThat(enough.choose(CacheType.AUTOMATIC, CONTEXT - 1).reason()).isEmpty();
  }

  @Test
  void whatTheOwnerChoseAndFloatsOfExactWeightsAreNotChangedByRule() {
    assertThat(byRule(supply(KvStorage.NATIVE_F16, CONTEXT, false), CONTEXT - 1))
        .isEqualTo(KvStorage.NATIVE_F16);
    assertThat(byRule(supply(KvStorage.NATIVE_F32, CONTEXT, true), CONTEXT - 1))
        .isEqualTo(KvStorage.NATIVE_F32);
  }

  @Test
  void whoAsksGetsItUnlessAContextWouldNotFit() {
    CacheSupply halves = supply(KvStorage.NATIVE_F16, CONTEXT, true);
    assertThat(halves.choose(CacheType.Q8_0, 5))
        .isEqualTo(new CacheChoice(KvStorage.NATIVE_Q8_0, "q8_0 was asked for"));
    CacheSupply bytes = supply(KvStorage.NATIVE_Q8_0, CONTEXT, false);
    CacheChoice refused = bytes.choose(CacheType.F16, 5);
    assertThat(refused.storage()).isEqualTo(KvStorage.NATIVE_Q8_0);
    assertThat(refused.reason()).contains("no room");
    CacheSupply roomy = supply(KvStorage.NATIVE_Q8_0, 2L * CONTEXT, false);
    assertThat(roomy.choose(CacheType.F16, 5).storage()).isEqualTo(KvStorage.NATIVE_F16);
  }

  @Test
  void plainJavaKeepsFloats() {
    CacheSupply heap =
        new CacheSupply(
            KvStorage.HEAP_F32, Map.of(KvStorage.HEAP_F32, (long) CONTEXT), CONTEXT, 8, true);
    CacheChoice choice = heap.choose(CacheType.Q8_0, 5);
    assertThat(choice.storage()).isEqualTo(KvStorage.HEAP_F32);
    assertThat(choice.reason()).contains("q8_0", "plain Java");
    assertThat(heap.choose(CacheType.F32, 5).storage()).isEqualTo(KvStorage.HEAP_F32);
  }
}
