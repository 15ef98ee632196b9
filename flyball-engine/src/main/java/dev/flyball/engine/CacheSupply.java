package dev.flyball.engine;

import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvStorage;
import java.util.EnumMap;
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
 * @param byRule whether the engine chooses where a request does not; else all get the usual one
 */
record CacheSupply(
    KvStorage usual,
    Map<KvStorage, Long> capacityTokens,
    int contextLength,
    int maxRunning,
    boolean byRule) {

  /**
   * A prompt of so many tokens is long: eight bits a number then save a large part of the memory
   * and of what every step reads; below, they save little.
   */
  static final int LONG_PROMPT_TOKENS = 4096;

  CacheSupply {
    capacityTokens = Map.copyOf(capacityTokens);
  }

  static CacheSupply of(KvCache cache, int contextLength, EngineOptions options) {
    Map<KvStorage, Long> capacity = new EnumMap<>(KvStorage.class);
    cache.storages().forEach(storage -> capacity.put(storage, cache.capacityTokens(storage)));
    boolean byRule = options.cacheType() == CacheType.AUTOMATIC;
    return new CacheSupply(cache.storage(), capacity, contextLength, options.maxRunning(), byRule);
  }

  /**
   * The storage for a request: the one that it asks for, where the cache takes it and has room for
   * a whole context in it. By rule the usual one; but halves become bytes where the prompt is long
   * and memory short: where the cache has no room for as many such prompts as may run.
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
    long capacity = capacityTokens.getOrDefault(usual, 0L);
    boolean isLong = promptTokens >= LONG_PROMPT_TOKENS;
    boolean isShort = (long) promptTokens * maxRunning > capacity;
    if (byRule && usual == KvStorage.NATIVE_F16 && isLong && isShort) {
      return new CacheChoice(
          KvStorage.NATIVE_Q8_0,
          "the prompt is long, and memory has no room for %d such prompts in halves"
              .formatted(maxRunning));
    }
    return new CacheChoice(usual, "");
  }
}
