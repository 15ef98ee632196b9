package dev.flyball.governor;

import dev.flyball.units.LatencyTarget;
import dev.flyball.units.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Decides how a request is answered. Stateless and thread-safe. */
public final class Planner {
  /**
   * The decision for a request: the target with the least load for its places among those whose
   * context has room for the likely answers, or among all where there is none.
   *
   * @param targets those that have the model; at least one
   */
  public Plan plan(PromptShape shape, List<Target> targets) {
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("a plan needs a target to choose");
    }
    List<Target> roomy = targets.stream().filter(target -> hasRoom(target, shape)).toList();
    Target chosen =
        (roomy.isEmpty() ? targets : roomy)
            .stream()
                .min(Comparator.comparingDouble(target -> target.load().pressure()))
                .orElseThrow();
    return new Plan(chosen, chosen.knobs(), reasons(shape, targets, chosen));
  }

  /** Whether the longest likely answer fits, were all of the prompt's tokens in one prompt. */
  private static boolean hasRoom(Target target, PromptShape shape) {
    return shape.promptTokens() + shape.expected().p90Tokens() <= target.contextLength();
  }

  private static List<String> reasons(PromptShape shape, List<Target> targets, Target chosen) {
    List<String> reasons = new ArrayList<>();
    reasons.add(choice(targets, chosen));
    reasons.add(load(chosen.load()));
    reasons.add(expectation(shape.expected()));
    if (shape.cachedTokens() > 0) {
      reasons.add(
          "%d of %d tokens of the prompt are in memory"
              .formatted(shape.cachedTokens(), shape.promptTokens()));
    }
    if (!hasRoom(chosen, shape)) {
      reasons.add(
          "a long answer may end at the context's %d tokens".formatted(chosen.contextLength()));
    }
    Knobs knobs = chosen.knobs();
    if (!knobs.cacheReason().isEmpty()) {
      reasons.add(
          "keys and values in %s: ".formatted(knobs.cachePrecision()) + knobs.cacheReason());
    }
    if (shape.terms().priority() != Priority.NORMAL) {
      reasons.add("priority " + shape.terms().priority().name().toLowerCase(Locale.ROOT));
    }
    addTarget(shape.terms().target(), reasons);
    return reasons;
  }

  private static String choice(List<Target> targets, Target chosen) {
    return targets.size() == 1
        ? chosen.name() + " is the only target with this model"
        : "%s has the least load of %d targets".formatted(chosen.name(), targets.size());
  }

  private static String load(TargetLoad load) {
    String counts =
        "%d requests run in %d places, %d wait"
            .formatted(load.running(), load.places(), load.waiting());
    return load.promptBacklog().isZero()
        ? counts
        : counts + ", prompts in line take about " + load.promptBacklog().toMillis() + " ms";
  }

  private static String expectation(ExpectedOutput expected) {
    if (expected.p90Tokens() == 0) {
      return "no tokens to generate";
    }
    String tokens =
        "an answer of %d tokens expected, %d at most in nine of ten cases"
            .formatted(expected.p50Tokens(), expected.p90Tokens());
    return expected.answersSeen() == 0
        ? tokens + " (assumed)"
        : "%s (from %d answers)".formatted(tokens, expected.answersSeen());
  }

  private static void addTarget(LatencyTarget target, List<String> reasons) {
    target.ttft().ifPresent(time -> reasons.add("first token wanted within " + millis(time)));
    target.tpot().ifPresent(time -> reasons.add("a token wanted every " + millis(time)));
  }

  private static String millis(Duration time) {
    return time.toNanos() % 1_000_000 == 0 ? time.toMillis() + " ms" : time.toNanos() / 1e6 + " ms";
  }
}
