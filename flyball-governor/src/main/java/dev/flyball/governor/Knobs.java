package dev.flyball.governor;

import java.util.Map;

/**
 * How a target computes an answer. An engine of this process has one setting for all its requests
 * so far; a plan carries that of its target.
 *
 * @param cachePrecision how keys and values are kept
 */
public record Knobs(String cachePrecision) {
  public Knobs {
    if (cachePrecision.isBlank()) {
      throw new IllegalArgumentException("a cache has a precision");
    }
  }

  Map<String, String> byName() {
    return Map.of("kv_cache", cachePrecision);
  }
}
