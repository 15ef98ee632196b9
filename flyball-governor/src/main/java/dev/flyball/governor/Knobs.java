package dev.flyball.governor;

import java.util.Map;

/**
 * How a target computes an answer.
 *
 * @param scheduler how its steps are composed, prompts cut into chunks
 * @param cachePrecision how the keys and values of this request are kept
 * @param cacheReason why so; empty where it is the target's usual way and nothing else was asked
 *     for
 */
public record Knobs(String scheduler, String cachePrecision, String cacheReason) {
  public Knobs {
    if (scheduler.isBlank() || cachePrecision.isBlank()) {
      throw new IllegalArgumentException("a target has a scheduler, and a cache with a precision");
    }
  }

  /** With keys and values kept in the target's usual way. */
  public Knobs(String scheduler, String cachePrecision) {
    this(scheduler, cachePrecision, "");
  }

  Map<String, String> byName() {
    return Map.of("scheduler", scheduler, "kv_cache", cachePrecision);
  }
}
