package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.CacheTypes;
import dev.flyball.engine.cache.KvStorage;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheSupplyTest {
  private static final int CONTEXT = 32_768;

  private static CacheSupply supply(KvStorage usual, long capacity, CacheTypes types) {
    Map<KvStorage, Long> capacities = new EnumMap<>(KvStorage.class);
    for (KvStorage storage : KvStorage.values()) {
      if (storage.isNative()) {
        capacities.put(storage, capacity * quarterBits(usual) / quarterBits(storage));
      }
    }
    return new CacheSupply(usual, capacities, CONTEXT, 8, types);
  }

  private static CacheSupply supply(KvStorage usual, long capacity, boolean byRule) {
    CacheType type = byRule ? CacheType.AUTOMATIC : usual.type();
    return supply(usual, capacity, CacheTypes.DEFAULT.withUsual(type));
  }

  private static long quarterBits(KvStorage storage) {
    return switch (storage) {
      case HEAP_F32, NATIVE_F32 -> 128;
      case NATIVE_F16 -> 64;
      case NATIVE_Q8_0 -> 36;
      case NATIVE_Q8_0_Q4_0 -> 27;
      case NATIVE_Q4_0 -> 18;
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
  void fourBitsAreChosenOnlyWhereTheOwnerAllowsThemAndTheFinestThatHasRoom() {
    int prompt = 8192;
    long capacity = 8L * prompt * 45 / 160;
    assertThat(chosen(capacity * 4, CacheType.Q4_0, prompt)).isEqualTo(KvStorage.NATIVE_F16);
    assertThat(chosen(capacity * 2, CacheType.Q4_0, prompt)).isEqualTo(KvStorage.NATIVE_Q8_0);
    assertThat(chosen(capacity * 2 - 1, CacheType.Q4_0, prompt))
        .isEqualTo(KvStorage.NATIVE_Q8_0_Q4_0);
    assertThat(chosen(capacity, CacheType.Q4_0, prompt)).isEqualTo(KvStorage.NATIVE_Q4_0);
    assertThat(chosen(capacity, CacheType.Q8_0_Q4_0, prompt)).isEqualTo(KvStorage.NATIVE_Q8_0_Q4_0);
    assertThat(chosen(capacity, CacheType.Q8_0, prompt)).isEqualTo(KvStorage.NATIVE_Q8_0);
    assertThat(chosen(capacity, CacheType.F16, prompt)).isEqualTo(KvStorage.NATIVE_F16);
    assertThat(chosen(capacity / 100, CacheType.Q4_0, prompt)).isEqualTo(KvStorage.NATIVE_Q4_0);
    assertThat(chosen(capacity / 100, CacheType.Q4_0, CacheSupply.LONG_PROMPT_TOKENS - 1))
        .isEqualTo(KvStorage.NATIVE_F16);
  }

  private static KvStorage chosen(long capacity, CacheType least, int promptTokens) {
    CacheTypes types = CacheTypes.DEFAULT.withLeast(least);
    return byRule(supply(KvStorage.NATIVE_F16, capacity, types), promptTokens);
  }

  @Test
  void theReasonNamesTheTypeThatHadNoRoom() {
    CacheSupply halves =
        supply(KvStorage.NATIVE_F16, 30_000, CacheTypes.DEFAULT.withLeast(CacheType.Q4_0));
    assertThat(halves.choose(CacheType.AUTOMATIC, 8192).reason())
        .isEqualTo("the prompt is long, and memory has no room for 8 such prompts in q8_0");
    assertThat(halves.choose(CacheType.AUTOMATIC, 32_000).reason())
        .isEqualTo(
            "the prompt is long, and memory has no room for 8 such prompts in q8_0/q4_0,"
                + " nor in the coarsest type that is allowed");
    assertThat(halves.choose(CacheType.Q4_0, 5).reason()).isEqualTo("q4_0 was asked for");
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
            KvStorage.HEAP_F32,
            Map.of(KvStorage.HEAP_F32, (long) CONTEXT),
            CONTEXT,
            8,
            CacheTypes.DEFAULT);
    CacheChoice choice = heap.choose(CacheType.Q8_0, 5);
    assertThat(choice.storage()).isEqualTo(KvStorage.HEAP_F32);
    assertThat(choice.reason()).contains("q8_0", "plain Java");
    assertThat(heap.choose(CacheType.F32, 5).storage()).isEqualTo(KvStorage.HEAP_F32);
  }
}
