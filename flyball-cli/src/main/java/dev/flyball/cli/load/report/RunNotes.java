package dev.flyball.cli.load.report;

import dev.flyball.cli.load.measure.ClassResult;
import dev.flyball.cli.load.measure.PromptLengths;
import dev.flyball.cli.load.measure.Quantiles;
import dev.flyball.cli.load.measure.RunResult;
import dev.flyball.cli.load.measure.TokenAccount;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** What is to be said about a run beside its figures, in sentences. */
final class RunNotes {
  /** Where the generator is this late, its lateness shows in the figures. */
  private static final double LATE_MS = 10;

  private RunNotes() {}

  static List<String> of(RunResult run) {
    List<String> notes = new ArrayList<>();
    if (run.interrupted()) {
      notes.add("The run was interrupted: this is what came until then.");
    }
    addFailures(notes, run.all());
    addPromptLengths(notes, run);
    addLag(notes, run);
    addAccount(notes, run.tokenAccount());
    MemoryTrend.of(run.serverSamples(), "resident_bytes")
        .ifPresent(
            trend -> notes.add("Resident memory of the server: " + trend.inMebibytes() + "."));
    MemoryTrend.of(run.serverSamples(), "jvm_used_bytes")
        .ifPresent(trend -> notes.add("Memory in use in its JVM: " + trend.inMebibytes() + "."));
    return notes;
  }

  private static void addFailures(List<String> notes, ClassResult all) {
    new TreeMap<>(all.failures())
        .forEach(
            (kind, count) ->
                notes.add(
                    "Failed with %s: %d, such as: %s"
                        .formatted(kind, count, all.failureExamples().getOrDefault(kind, ""))));
    if (all.dropped() > 0) {
      notes.add(
          "Dropped unsent: %d, since too many were in flight (--max-in-flight)."
              .formatted(all.dropped()));
    }
    if (all.retryAfter().count() > 0) {
      notes.add(
          String.format(
              Locale.ROOT,
              "Retry-After came with %d refusals: %.1f s in the mean, %d s at most.",
              all.retryAfter().count(),
              all.retryAfter().meanSeconds(),
              all.retryAfter().maxSeconds()));
    }
    if (all.tokens().withoutUsage() > 0) {
      notes.add(
          "%d answers came without usage: their outputs are counted for tokens."
              .formatted(all.tokens().withoutUsage()));
    }
  }

  private static void addPromptLengths(List<String> notes, RunResult run) {
    PromptLengths lengths = run.promptLengths();
    if (lengths.plannedTokens() > 0) {
      notes.add(
          "Prompt tokens: %d planned, %d counted by the server, at most %d off in one prompt."
              .formatted(
                  lengths.plannedTokens(), lengths.countedTokens(), lengths.maxDeviationTokens()));
    }
  }

  private static void addLag(List<String> notes, RunResult run) {
    Quantiles dispatch = run.generatorLag().dispatch();
    Quantiles wakeUp = run.generatorLag().wakeUp();
    String verdict =
        Math.max(dispatch.p99Ms(), wakeUp.p99Ms()) > LATE_MS
            ? " It was late itself: times contain that; give it a processor of its own."
            : "";
    notes.add(
        String.format(
            Locale.ROOT,
            "Load generator: sent %.2f ms late (p99, max %.1f), woke %.2f ms late (p99, max %.1f).%s",
            dispatch.p99Ms(),
            dispatch.maxMs(),
            wakeUp.p99Ms(),
            wakeUp.maxMs(),
            verdict));
  }

  private static void addAccount(List<String> notes, TokenAccount account) {
    if (!account.checked()) {
      notes.add("Token account: the server has no counters to check against.");
      return;
    }
    String figures =
        "prompts %d here, %d there; outputs %d here, %d there"
            .formatted(
                account.clientPromptTokens(),
                account.serverPromptTokens(),
                account.clientOutputTokens(),
                account.serverOutputTokens());
    String reason =
        account.requestsWithoutUsage() == 0
            ? "did somebody else use the server?"
            : account.requestsWithoutUsage() + " requests ended without usage.";
    notes.add(
        account.exact()
            ? "Token account: exact, " + figures + "."
            : "Token account: differs, " + figures + ": " + reason);
  }
}
