package dev.flyball.engine;

import dev.flyball.engine.weights.ExpertCounters;
import java.time.Duration;
import java.util.Optional;

/**
 * The load of an engine at one moment.
 *
 * @param running requests that take part in steps
 * @param waiting requests accepted that have not started
 * @param cacheTokensUsed tokens in blocks of the cache that requests hold, shared ones once
 * @param cacheTokensCapacity tokens whose keys and values can be held
 * @param queuedPromptTokens tokens of accepted prompts that are to be computed
 * @param promptBacklog how long that is predicted to take; zero where nothing is known
 * @param experts what became of experts that are read when steps need them; nothing: the model has
 *     no such
 */
public record EngineLoad(
    int running,
    int waiting,
    long cacheTokensUsed,
    long cacheTokensCapacity,
    long queuedPromptTokens,
    Duration promptBacklog,
    Optional<ExpertCounters> experts) {
  /** Of a model whose weights are all in memory. */
  public EngineLoad(
      int running,
      int waiting,
      long cacheTokensUsed,
      long cacheTokensCapacity,
      long queuedPromptTokens,
      Duration promptBacklog) {
    this(
        running,
        waiting,
        cacheTokensUsed,
        cacheTokensCapacity,
        queuedPromptTokens,
        promptBacklog,
        Optional.empty());
  }

  /** With what became of experts. */
  EngineLoad withExperts(Optional<ExpertCounters> counters) {
    return new EngineLoad(
        running,
        waiting,
        cacheTokensUsed,
        cacheTokensCapacity,
        queuedPromptTokens,
        promptBacklog,
        counters);
  }

  /** Without prompts in line. */
  public EngineLoad(int running, int waiting, long cacheTokensUsed, long cacheTokensCapacity) {
    this(running, waiting, cacheTokensUsed, cacheTokensCapacity, 0, Duration.ZERO);
  }
}
