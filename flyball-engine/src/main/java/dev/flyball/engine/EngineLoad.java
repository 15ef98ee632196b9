package dev.flyball.engine;

import java.time.Duration;

/**
 * The load of an engine at one moment.
 *
 * @param running requests that take part in steps
 * @param waiting requests accepted that have not started
 * @param cacheTokensUsed tokens in blocks of the cache that requests hold, shared ones once
 * @param cacheTokensCapacity tokens whose keys and values can be held
 * @param queuedPromptTokens tokens of accepted prompts that are to be computed
 * @param promptBacklog how long that is predicted to take; zero where nothing is known
 */
public record EngineLoad(
    int running,
    int waiting,
    long cacheTokensUsed,
    long cacheTokensCapacity,
    long queuedPromptTokens,
    Duration promptBacklog) {
  /** Without prompts in line. */
  public EngineLoad(int running, int waiting, long cacheTokensUsed, long cacheTokensCapacity) {
    this(running, waiting, cacheTokensUsed, cacheTokensCapacity, 0, Duration.ZERO);
  }
}
