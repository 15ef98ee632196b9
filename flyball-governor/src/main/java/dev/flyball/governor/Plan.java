package dev.flyball.governor;

import dev.flyball.units.PlanSummary;
import java.util.List;

/**
 * The decision for one request.
 *
 * @param target what answers it
 * @param knobs how
 * @param reasons why, in plain words
 */
public record Plan(Target target, Knobs knobs, List<String> reasons) {
  public Plan {
    reasons = List.copyOf(reasons);
  }

  /** What a receipt says of it. */
  public PlanSummary summary() {
    return new PlanSummary(target.name(), knobs.byName(), reasons);
  }
}
