package dev.flyball.cli.load.report;

import dev.flyball.cli.load.measure.ClassResult;
import dev.flyball.cli.load.measure.LoadReport;
import dev.flyball.cli.load.measure.Quantiles;
import dev.flyball.cli.load.measure.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reports as one page of HTML that needs nothing else: no script, no font, no picture from
 * elsewhere. The page is well-formed XML, too.
 */
public final class HtmlReport {
  private static final List<String> HEADINGS =
      List.of(
          "class",
          "arrived",
          "answered",
          "failed",
          "dropped",
          "TTFT p50",
          "p90",
          "p99",
          "TPOT p50",
          "p90",
          "p99",
          "E2E p50",
          "p90",
          "p99",
          "req/s",
          "out tok/s",
          "cached",
          "good",
          "good/s");

  private final StringBuilder html = new StringBuilder();

  private HtmlReport() {}

  /** The page for one report, or for several side by side. */
  public static String page(List<LoadReport> reports) {
    return new HtmlReport().write(reports);
  }

  private String write(List<LoadReport> reports) {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
        .append("<title>flyball load</title>\n<style>\n")
        .append(PageStyle.CSS)
        .append("</style>\n</head>\n<body>\n<h1>flyball load</h1>\n");
    Comparison comparison = Comparison.of(reports);
    if (reports.size() > 1 || comparison.hasSeveralRates()) {
      appendComparison(comparison, reports);
    }
    reports.forEach(this::append);
    return html.append("</body>\n</html>\n").toString();
  }

  private void appendComparison(Comparison comparison, List<LoadReport> reports) {
    heading("Side by side");
    paragraph("Medians over runs of the same label and rate; times in ms.");
    table(
        ComparisonTable.HEADINGS, comparison.rows().stream().map(ComparisonTable::cells).toList());
    List<Plot> plots = new ArrayList<>();
    if (comparison.hasSeveralRates()) {
      plots.addAll(ComparisonPlots.overLoad(comparison));
    }
    if (reports.size() > 1) {
      plots.addAll(ComparisonPlots.distributions(reports));
    }
    append(plots);
  }

  private void append(LoadReport report) {
    heading(report.label());
    paragraph(report.url() + ", model " + report.model() + ", " + report.api());
    paragraph("Workload: " + report.workload() + "; " + report.pace() + "; seed " + report.seed());
    paragraph("Prompt lengths: " + report.promptMethod());
    paragraph(report.tool() + ", begun " + report.startedAt());
    boolean open = report.runs().size() == 1;
    for (RunResult run : report.runs()) {
      html.append(open ? "<details open=\"open\">" : "<details>").append("<summary>");
      html.append(Markup.escape(title(run))).append("</summary>\n");
      append(run);
      html.append("</details>\n");
    }
  }

  private static String title(RunResult run) {
    return String.format(
        Locale.ROOT,
        "%.3f requests/s offered, measured over %.1f s",
        run.offeredRate(),
        run.seconds());
  }

  private void append(RunResult run) {
    table(HEADINGS, ReportTable.rows(run).stream().map(HtmlReport::cells).toList());
    paragraph("Times in ms. Goals: " + goals(run) + ".");
    html.append("<ul>\n");
    for (String note : RunNotes.of(run)) {
      html.append("<li>").append(Markup.escape(note)).append("</li>\n");
    }
    html.append("</ul>\n");
    append(RunPlots.of(run));
  }

  private static String goals(RunResult run) {
    return String.join(
        "; ",
        run.classes().stream()
            .map(result -> result.name() + " " + result.goodput().slo())
            .toList());
  }

  private static List<String> cells(ClassResult row) {
    List<String> cells =
        new ArrayList<>(
            List.of(
                row.name(),
                Long.toString(row.arrived()),
                Long.toString(row.answered()),
                Long.toString(row.failed()),
                Long.toString(row.dropped())));
    for (Quantiles times : List.of(row.ttft(), row.tpot(), row.e2e())) {
      boolean none = times.count() == 0;
      cells.add(none ? "-" : text("%.1f", times.p50Ms()));
      cells.add(none ? "-" : text("%.1f", times.p90Ms()));
      cells.add(none ? "-" : text("%.1f", times.p99Ms()));
    }
    long prompt = row.tokens().prompt();
    cells.add(text("%.3f", row.throughput().requestsPerSecond()));
    cells.add(text("%.1f", row.throughput().outputTokensPerSecond()));
    cells.add(prompt == 0 ? "-" : text("%.1f%%", 100.0 * row.tokens().cached() / prompt));
    cells.add(text("%.1f%%", 100 * row.goodput().share()));
    cells.add(text("%.3f", row.goodput().requestsPerSecond()));
    return cells;
  }

  private void append(List<Plot> plots) {
    html.append("<div class=\"plots\">\n");
    plots.forEach(plot -> html.append(plot.html()));
    html.append("</div>\n");
  }

  private void table(List<String> headings, List<List<String>> rows) {
    html.append("<div class=\"scroll\"><table>\n<tr>");
    for (String heading : headings) {
      html.append(name(heading) ? "<th class=\"name\">" : "<th>");
      html.append(Markup.escape(heading)).append("</th>");
    }
    html.append("</tr>\n");
    for (List<String> row : rows) {
      html.append("<tr>");
      for (int column = 0; column < row.size(); column++) {
        html.append(name(headings.get(column)) ? "<td class=\"name\">" : "<td>");
        html.append(Markup.escape(row.get(column))).append("</td>");
      }
      html.append("</tr>\n");
    }
    html.append("</table></div>\n");
  }

  private static boolean name(String heading) {
    return heading.equals("class") || heading.equals("label");
  }

  private void heading(String text) {
    html.append("<h2>").append(Markup.escape(text)).append("</h2>\n");
  }

  private void paragraph(String text) {
    html.append("<p>").append(Markup.escape(text)).append("</p>\n");
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
