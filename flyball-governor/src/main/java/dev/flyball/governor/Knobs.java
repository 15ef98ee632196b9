package dev.flyball.governor;

import java.util.Map;

/**
 * How a target computes an answer. An engine of this process has one setting for all its requests
 * so far; a plan carries that of its target.
 *
 * @param scheduler how its steps are composed, prompts cut into chunks
 * @param cachePrecision how keys and values are kept
 */
public record Knobs(String scheduler, String cachePrecision) {
  public Knobs {
    if (scheduler.isBlank() || cachePrecision.isBlank()) {
      throw new IllegalArgumentException("a target has a scheduler, and a cache with a precision");
    }
  }

  Map<String, String> byName() {
    return Map.of("scheduler", scheduler, "kv_cache", cachePrecision);
  }
}
