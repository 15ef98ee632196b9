package dev.flyball.engine;

import java.time.Duration;

/**
 * How long a refused request should wait: about as long as lately passed between the ends of two
 * requests, since each end lets one waiting request in. Not thread-safe.
 */
final class CompletionPace {
  private static final long SHORTEST_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_NANOS = Duration.ofMinutes(1).toNanos();

  /** A new interval counts this much in the running mean: about the last eight are remembered. */
  private static final double NEWEST_SHARE = 1.0 / 8;

  private double meanNanos;
  private long lastEndNanos;
  private boolean measured;

  /**
   * Notes the end of a request.
   *
   * @param submittedNanos when it came: time before it without any request does not count
   */
  void ended(long submittedNanos, long nowNanos) {
    long interval = nowNanos - submittedNanos;
    if (measured) {
      interval = Math.min(interval, nowNanos - lastEndNanos);
      meanNanos += NEWEST_SHARE * (interval - meanNanos);
    } else {
      meanNanos = interval;
      measured = true;
    }
    lastEndNanos = nowNanos;
  }

  /** The mean time between two ends; 0 where nothing was measured yet. */
  double meanNanos() {
    return meanNanos;
  }

  /** One second to one minute; one second where nothing was measured yet. */
  Duration retryAfter() {
    return wholeSeconds(Duration.ofNanos((long) meanNanos));
  }

  /** A time as what a client is told to wait: one second to one minute, rounded up. */
  static Duration wholeSeconds(Duration time) {
    long nanos = Math.clamp(time.toNanos(), SHORTEST_NANOS, LONGEST_NANOS);
    return Duration.ofSeconds(Math.ceilDiv(nanos, SHORTEST_NANOS));
  }
}
