package dev.flyball.governor;

/**
 * What a target is busy with at one moment.
 *
 * @param running requests that it works on
 * @param places requests that it can work on at one time
 * @param waiting requests that wait for a place
 * @param cacheTokensUsed tokens whose keys and values it holds
 * @param cacheTokensCapacity tokens whose keys and values it can hold
 */
public record TargetLoad(
    int running, int places, int waiting, long cacheTokensUsed, long cacheTokensCapacity) {

  public TargetLoad {
    if (running < 0 || places < 1 || waiting < 0 || cacheTokensUsed < 0) {
      throw new IllegalArgumentException("a load cannot be negative, and needs a place");
    }
  }

  /** Requests for each place, those that wait included. */
  double pressure() {
    return (double) (running + waiting) / places;
  }
}
