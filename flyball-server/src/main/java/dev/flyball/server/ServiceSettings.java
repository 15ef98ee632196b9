package dev.flyball.server;

import dev.flyball.server.generate.PinnedPrefix;
import dev.flyball.server.terms.CacheIsolation;
import dev.flyball.server.terms.LatencyDefaults;
import java.util.Optional;

/**
 * How requests are served that do not say, and what is remembered of them.
 *
 * @param latency how fast answers are to come
 * @param receipts receipts that are kept, the last ones
 * @param isolation who may find what others left in the cache
 * @param pinnedPrefix what every model has in its cache from its loading on
 */
public record ServiceSettings(
    LatencyDefaults latency,
    int receipts,
    CacheIsolation isolation,
    Optional<PinnedPrefix> pinnedPrefix) {
  public static final ServiceSettings DEFAULT = new ServiceSettings(LatencyDefaults.NONE, 1000);

  private static final int MAX_RECEIPTS = 1_000_000;

  public ServiceSettings {
    if (receipts < 0 || receipts > MAX_RECEIPTS) {
      throw new IllegalArgumentException("receipts kept must be 0 to " + MAX_RECEIPTS);
    }
  }

  /** Everybody may find what others left in the cache; nothing is pinned there. */
  public ServiceSettings(LatencyDefaults latency, int receipts) {
    this(latency, receipts, CacheIsolation.NONE, Optional.empty());
  }

  /** These with another isolation. */
  public ServiceSettings withIsolation(CacheIsolation other) {
    return new ServiceSettings(latency, receipts, other, pinnedPrefix);
  }

  /** These with another pinned prefix. */
  public ServiceSettings withPinnedPrefix(Optional<PinnedPrefix> other) {
    return new ServiceSettings(latency, receipts, isolation, other);
  }
}
