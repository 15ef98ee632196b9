package dev.flyball.server.receipt;

import dev.flyball.units.Energy;
import dev.flyball.units.Outcome;
import dev.flyball.units.PhaseTimes;
import dev.flyball.units.Receipt;
import dev.flyball.units.StepWork;
import dev.flyball.units.TokenClasses;
import java.time.Duration;
import java.util.Locale;

/** Writes a line for every request into the log {@code dev.flyball.server.requests}. */
public final class ReceiptLog implements ReceiptObserver {
  private static final System.Logger LOG = System.getLogger("dev.flyball.server.requests");

  private final System.Logger.Level level;

  public ReceiptLog(System.Logger.Level level) {
    this.level = level;
  }

  @Override
  public void onReceipt(Receipt receipt) {
    if (LOG.isLoggable(level)) {
      LOG.log(level, line(receipt));
    }
  }

  static String line(Receipt receipt) {
    StringBuilder line = new StringBuilder(400);
    line.append(receipt.id()).append(' ').append(outcome(receipt.outcome()));
    receipt.clientId().ifPresent(id -> add(line, "client_id", id));
    receipt.run().ifPresent(run -> add(line, "run", run));
    receipt.model().ifPresent(model -> add(line, "model", model));
    add(line, "tenant", quoted(receipt.terms().tenant()));
    add(line, "priority", receipt.terms().priority().name().toLowerCase(Locale.ROOT));
    addTokens(line, receipt.tokens());
    addTimes(line, receipt.times());
    addWork(line, receipt.work());
    receipt.energy().ifPresent(energy -> addEnergy(line, energy));
    receipt.plan().ifPresent(plan -> add(line, "plan", quoted(String.join("; ", plan.reasons()))));
    return line.toString();
  }

  private static String outcome(Outcome outcome) {
    String ending = outcome.ending().name().toLowerCase(Locale.ROOT);
    String why = outcome.error().orElseGet(() -> String.join(",", outcome.finishReasons()));
    return why.isEmpty() ? ending : "%s (%s)".formatted(ending, why);
  }

  private static void addTokens(StringBuilder line, TokenClasses tokens) {
    line.append(
        " tokens=%d+%d cached=%d reasoning=%d"
            .formatted(tokens.prompt(), tokens.output(), tokens.cached(), tokens.reasoning()));
  }

  private static void addTimes(StringBuilder line, PhaseTimes times) {
    add(line, "prepare_ms", millis(times.preparation()));
    add(line, "queue_ms", millis(times.queue()));
    add(line, "prefill_ms", millis(times.prefill()));
    add(line, "decode_ms", millis(times.decode()));
    add(line, "total_ms", millis(times.total()));
  }

  private static void addWork(StringBuilder line, StepWork work) {
    line.append(" steps=%d+%d".formatted(work.prefillSteps(), work.decodeSteps()));
    if (work.preemptions() > 0) {
      line.append(" preemptions=").append(work.preemptions());
    }
    if (work.draftedTokens() > 0) {
      line.append(" accepted=%d/%d".formatted(work.acceptedTokens(), work.draftedTokens()));
    }
    add(line, "compute_ms", millis(work.computeTime()));
    if (!work.notes().isEmpty()) {
      add(line, "scheduler", quoted(String.join("; ", work.notes())));
    }
  }

  private static void addEnergy(StringBuilder line, Energy energy) {
    line.append(
        String.format(
            Locale.ROOT,
            " energy_j=%.3f (%.3f-%.3f %s)",
            energy.joules(),
            energy.lowJoules(),
            energy.highJoules(),
            energy.method().name().toLowerCase(Locale.ROOT)));
  }

  private static void add(StringBuilder line, String name, String value) {
    line.append(' ').append(name).append('=').append(value);
  }

  private static String quoted(String text) {
    return '"' + text.replace('"', '\'') + '"';
  }

  private static String millis(Duration time) {
    return String.format(Locale.ROOT, "%.1f", time.toNanos() / 1e6);
  }
}
