package dev.flyball.cli.load.report;

import dev.flyball.cli.load.measure.LoadReport;
import dev.flyball.cli.load.report.Comparison.Row;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Several reports as text for a terminal: medians over runs of the same label and rate. */
public final class ComparisonTable {
  static final List<String> HEADINGS =
      List.of(
          "label",
          "rate",
          "runs",
          "class",
          "TTFT p50",
          "TTFT p99",
          "TPOT p50",
          "TPOT p99",
          "E2E p99",
          "req/s",
          "out tok/s",
          "good",
          "good/s",
          "failed");
  private static final String FORMAT =
      "%-16s %8s %4s %-12s %10s %10s %9s %9s %10s %8s %9s %7s %8s %6s%n";

  private ComparisonTable() {}

  public static void print(List<LoadReport> reports, PrintStream out) {
    out.printf(FORMAT, HEADINGS.toArray());
    for (Row row : Comparison.of(reports).rows()) {
      out.printf(FORMAT, cells(row).toArray());
    }
  }

  static List<String> cells(Row row) {
    return List.of(
        row.label(),
        text("%.3f", row.rate()),
        Integer.toString(row.runs()),
        row.className(),
        text("%.1f", row.ttftP50Ms()),
        text("%.1f", row.ttftP99Ms()),
        text("%.1f", row.tpotP50Ms()),
        text("%.1f", row.tpotP99Ms()),
        text("%.1f", row.e2eP99Ms()),
        text("%.3f", row.requestsPerSecond()),
        text("%.1f", row.outputTokensPerSecond()),
        text("%.1f%%", 100 * row.goodShare()),
        text("%.3f", row.goodPerSecond()),
        text("%.0f", row.failed()));
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
