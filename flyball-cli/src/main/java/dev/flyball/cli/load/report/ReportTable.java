package dev.flyball.cli.load.report;

import dev.flyball.cli.load.measure.ClassResult;
import dev.flyball.cli.load.measure.LoadReport;
import dev.flyball.cli.load.measure.Quantiles;
import dev.flyball.cli.load.measure.RunResult;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report as text for a terminal. */
public final class ReportTable {
  private static final String COUNTS = "%-12s %8s %8s %7s %8s %9s %10s %10s %8s %7s %9s%n";
  private static final String TIMES = "%-12s %-6s %10s %10s %10s %10s %10s%n";
  private static final String LOADS = "%10s %10s %8s %12s %12s %12s %10s%n";

  private final PrintStream out;

  private ReportTable(PrintStream out) {
    this.out = out;
  }

  public static void print(LoadReport report, PrintStream out) {
    new ReportTable(out).print(report);
  }

  private void print(LoadReport report) {
    out.printf(
        "%s at %s, model %s, %s%n", report.label(), report.url(), report.model(), report.api());
    out.printf("Workload: %s; %s; seed %d%n", report.workload(), report.pace(), report.seed());
    out.printf("Prompt lengths: %s%n", report.promptMethod());
    report.runs().forEach(this::print);
    if (report.runs().size() > 1) {
      printCurve(report);
    }
  }

  private void print(RunResult run) {
    out.println();
    out.printf(
        Locale.ROOT,
        "%.3f requests/s offered, measured over %.1f s%n",
        run.offeredRate(),
        run.seconds());
    out.printf(
        COUNTS,
        "class",
        "arrived",
        "answered",
        "failed",
        "dropped",
        "req/s",
        "out tok/s",
        "all tok/s",
        "cached",
        "good",
        "good/s");
    List<ClassResult> rows = rows(run);
    rows.forEach(this::printCounts);
    out.println();
    out.printf(TIMES, "class", "ms", "mean", "p50", "p90", "p99", "max");
    for (ClassResult row : rows) {
      printTimes(row.name(), "TTFT", row.ttft());
      printTimes("", "TPOT", row.tpot());
      printTimes("", "ITL", row.itl());
      printTimes("", "E2E", row.e2e());
    }
    out.println();
    RunNotes.of(run).forEach(out::println);
  }

  /** The classes, and all of them together where there are several. */
  static List<ClassResult> rows(RunResult run) {
    List<ClassResult> rows = new ArrayList<>();
    if (run.classes().size() != 1) {
      rows.add(run.all());
    }
    rows.addAll(run.classes());
    return rows;
  }

  private void printCounts(ClassResult row) {
    long prompt = row.tokens().prompt();
    out.printf(
        COUNTS,
        row.name(),
        row.arrived(),
        row.answered(),
        row.failed(),
        row.dropped(),
        text("%.3f", row.throughput().requestsPerSecond()),
        text("%.1f", row.throughput().outputTokensPerSecond()),
        text("%.1f", row.throughput().totalTokensPerSecond()),
        prompt == 0 ? "-" : text("%.1f%%", 100.0 * row.tokens().cached() / prompt),
        text("%.1f%%", 100 * row.goodput().share()),
        text("%.3f", row.goodput().requestsPerSecond()));
  }

  private void printTimes(String name, String what, Quantiles times) {
    if (times.count() == 0) {
      return;
    }
    out.printf(
        TIMES,
        name,
        what,
        text("%.1f", times.meanMs()),
        text("%.1f", times.p50Ms()),
        text("%.1f", times.p90Ms()),
        text("%.1f", times.p99Ms()),
        text("%.1f", times.maxMs()));
  }

  private void printCurve(LoadReport report) {
    out.println();
    out.printf(LOADS, "offered/s", "good/s", "good", "TTFT p99", "TPOT p99", "out tok/s", "failed");
    for (RunResult run : report.runs()) {
      ClassResult all = run.all();
      out.printf(
          LOADS,
          text("%.3f", run.offeredRate()),
          text("%.3f", all.goodput().requestsPerSecond()),
          text("%.1f%%", 100 * all.goodput().share()),
          text("%.1f", all.ttft().p99Ms()),
          text("%.1f", all.tpot().p99Ms()),
          text("%.1f", all.throughput().outputTokensPerSecond()),
          all.failed() + all.dropped());
    }
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
