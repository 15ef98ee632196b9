package dev.flyball.units;

import java.time.Duration;
import java.util.Optional;

/**
 * How fast an answer is to come: the service-level objective of one request.
 *
 * @param ttft time to the first token, from submission
 * @param tpot time of each token after the first, on average
 */
public record LatencyTarget(Optional<Duration> ttft, Optional<Duration> tpot) {
  /** As fast as it goes. */
  public static final LatencyTarget NONE = new LatencyTarget(Optional.empty(), Optional.empty());

  public LatencyTarget {
    requirePositive(ttft, "TTFT");
    requirePositive(tpot, "TPOT");
  }

  /** This, with what it leaves open taken from another. */
  public LatencyTarget or(LatencyTarget other) {
    return new LatencyTarget(ttft.or(other::ttft), tpot.or(other::tpot));
  }

  private static void requirePositive(Optional<Duration> target, String name) {
    if (target.isPresent() && !target.get().isPositive()) {
      throw new IllegalArgumentException("the target for " + name + " must be longer than 0");
    }
  }
}
