package dev.flyball.engine;

import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.CacheTypes;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvStorage;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What an engine's cache has to choose from, and the choice for one request. It depends on what the
 * request asks for, on the length of its prompt and on the size of the cache only, not on what
 * others do at the moment: the turns of a conversation would lose their prefix with every change.
 *
 * @param usual the storage of the cache
 * @param capacityTokens tokens that the cache holds, for each storage that it takes
 * @param contextLength tokens of one request at most
 * @param maxRunning requests that run beside each other
 * @param types what the owner said: the engine chooses by rule where the owner did not
 */
record CacheSupply(
    KvStorage usual,
    Map<KvStorage, Long> capacityTokens,
    int contextLength,
    int maxRunning,
    CacheTypes types) {

  /**
   * A prompt of so many tokens is long: eight bits a number then save a large part of the memory
   * and of what every step reads; below, they save little.
   */
  static final int LONG_PROMPT_TOKENS = 4096;

  /** What the rule chooses from, each coarser than the one before. */
  private static final List<KvStorage> BY_PRECISION =
      List.of(
          KvStorage.NATIVE_F16,
          KvStorage.NATIVE_Q8_0,
          KvStorage.NATIVE_Q8_0_Q4_0,
          KvStorage.NATIVE_Q4_0);

  CacheSupply {
    capacityTokens = Map.copyOf(capacityTokens);
  }

  static CacheSupply of(KvCache cache, int contextLength, EngineOptions options) {
    Map<KvStorage, Long> capacity = new EnumMap<>(KvStorage.class);
    cache.storages().forEach(storage -> capacity.put(storage, cache.capacityTokens(storage)));
    return new CacheSupply(
        cache.storage(), capacity, contextLength, options.maxRunning(), options.cacheTypes());
  }

  /**
   * The storage for a request: the one that it asks for, where the cache takes it and has room for
   * a whole context in it. By rule the usual one; but where that is halves, the prompt is long and
   * the cache has no room for as many such prompts as may run, the finest in which it has, and
   * never one that is coarser than the owner allows.
   */
  CacheChoice choose(CacheType wish, int promptTokens) {
    return wish == CacheType.AUTOMATIC ? byRule(promptTokens) : asked(wish);
  }

  private CacheChoice asked(CacheType wish) {
    KvStorage storage = usual.isNative() ? wish.inNativeMemory() : KvStorage.HEAP_F32;
    String name = storage.type().label();
    if (storage.type() != wish) {
      return new CacheChoice(usual, wish.label() + " was asked for, but plain Java keeps floats");
    }
    if (capacityTokens.getOrDefault(storage, 0L) < contextLength) {
      return new CacheChoice(
          usual, "%s was asked for, but the cache has no room for a context".formatted(name));
    }
    return new CacheChoice(storage, name + " was asked for");
  }

  private CacheChoice byRule(int promptTokens) {
    boolean mayChoose = types.usual() == CacheType.AUTOMATIC && usual == KvStorage.NATIVE_F16;
    if (!mayChoose || promptTokens < LONG_PROMPT_TOKENS || hasRoom(usual, promptTokens)) {
      return new CacheChoice(usual, "");
    }
    KvStorage finest = usual;
    for (KvStorage storage : BY_PRECISION) {
      boolean isAllowed = storage.type().compareTo(types.least()) <= 0;
      if (isAllowed && !hasRoom(finest, promptTokens)) {
        finest = storage;
      }
    }
    return new CacheChoice(finest, finest == usual ? "" : reason(finest, promptTokens));
  }

  private boolean hasRoom(KvStorage storage, int promptTokens) {
    return (long) promptTokens * maxRunning <= capacityTokens.getOrDefault(storage, 0L);
  }

  private String reason(KvStorage chosen, int promptTokens) {
    KvStorage before = BY_PRECISION.get(BY_PRECISION.indexOf(chosen) - 1);
    String end = hasRoom(chosen, promptTokens) ? "" : ", nor in the coarsest type that is allowed";
    return "the prompt is long, and memory has no room for %d such prompts in %s%s"
        .formatted(maxRunning, before.type().label(), end);
  }
}
