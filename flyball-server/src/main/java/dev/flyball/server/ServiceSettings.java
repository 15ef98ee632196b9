package dev.flyball.server;

import dev.flyball.server.terms.LatencyDefaults;

/**
 * How requests are served that do not say, and what is remembered of them.
 *
 * @param latency how fast answers are to come
 * @param receipts receipts that are kept, the last ones
 */
public record ServiceSettings(LatencyDefaults latency, int receipts) {
  public static final ServiceSettings DEFAULT = new ServiceSettings(LatencyDefaults.NONE, 1000);

  private static final int MAX_RECEIPTS = 1_000_000;

  public ServiceSettings {
    if (receipts < 0 || receipts > MAX_RECEIPTS) {
      throw new IllegalArgumentException("receipts kept must be 0 to " + MAX_RECEIPTS);
    }
  }
}
