package dev.flyball.governor;

import java.time.Duration;

/**
 * What a target is busy with at one moment.
 *
 * @param running requests that it works on
 * @param places requests that it can work on at one time
 * @param waiting requests that wait for a place
 * @param promptBacklog how long prompts in line are predicted to take; zero where nothing is known
 * @param cacheTokensUsed tokens whose keys and values it holds
 * @param cacheTokensCapacity tokens whose keys and values it can hold
 */
public record TargetLoad(
    int running,
    int places,
    int waiting,
    Duration promptBacklog,
    long cacheTokensUsed,
    long cacheTokensCapacity) {

  public TargetLoad {
    if (running < 0
        || places < 1
        || waiting < 0
        || promptBacklog.isNegative()
        || cacheTokensUsed < 0) {
      throw new IllegalArgumentException("a load cannot be negative, and needs a place");
    }
  }

  /** Requests for each place, those that wait included. */
  double pressure() {
    return (double) (running + waiting) / places;
  }
}
