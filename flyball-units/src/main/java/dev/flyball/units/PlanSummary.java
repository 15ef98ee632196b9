package dev.flyball.units;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was decided for a request, for people to read.
 *
 * @param target what answers it
 * @param knobs how, by the knob's name
 * @param reasons why, in plain words
 */
public record PlanSummary(String target, Map<String, String> knobs, List<String> reasons) {
  public PlanSummary {
    if (target.isBlank() || reasons.isEmpty()) {
      throw new IllegalArgumentException("a plan must name its target and its reasons");
    }
    knobs = Collections.unmodifiableMap(new TreeMap<>(knobs));
    reasons = List.copyOf(reasons);
  }
}
