package dev.flyball.cli.load.drive;

import java.time.Duration;
import java.util.Optional;

/** When requests are sent. */
public sealed interface Pace {
  int MAX_IN_FLIGHT = 100_000;

  /** Requests that may be under way at once. */
  int inFlightLimit();

  /**
   * At the times of the workload, whether or not earlier ones are answered.
   *
   * @param maxInFlight a request that is due while so many are under way is dropped
   */
  record OpenLoop(int maxInFlight) implements Pace {
    public OpenLoop {
      check("--max-in-flight", maxInFlight);
    }

    @Override
    public int inFlightLimit() {
      return maxInFlight;
    }

    @Override
    public String toString() {
      return "open loop, at most " + maxInFlight + " in flight";
    }
  }

  /**
   * The next as soon as one is over; the times of the workload do not count.
   *
   * @param concurrency requests under way
   * @param duration no new ones after it; nothing: until the workload ends
   */
  record ClosedLoop(int concurrency, Optional<Duration> duration) implements Pace {
    public ClosedLoop {
      check("--concurrency", concurrency);
    }

    @Override
    public int inFlightLimit() {
      return concurrency;
    }

    @Override
    public String toString() {
      return "closed loop of " + concurrency;
    }
  }

  private static void check(String option, int limit) {
    if (limit < 1 || limit > MAX_IN_FLIGHT) {
      throw new IllegalArgumentException(
          "%s must be 1 to %d, not %d".formatted(option, MAX_IN_FLIGHT, limit));
    }
  }
}
