package dev.flyball.engine;

import dev.flyball.engine.cache.KvStorage;

/**
 * How the keys and values of one request are kept.
 *
 * @param storage where and how
 * @param reason why; empty where it is the engine's usual storage and nothing else was asked for
 */
public record CacheChoice(KvStorage storage, String reason) {}
