package dev.flyball.engine;

/**
 * The load of an engine at one moment.
 *
 * @param running requests that take part in steps
 * @param waiting requests accepted that have not started
 * @param cacheTokensUsed tokens in blocks of the cache that requests hold, shared ones once
 * @param cacheTokensCapacity tokens whose keys and values can be held
 */
public record EngineLoad(
    int running, int waiting, long cacheTokensUsed, long cacheTokensCapacity) {}
