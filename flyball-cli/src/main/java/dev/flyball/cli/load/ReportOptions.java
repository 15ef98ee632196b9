package dev.flyball.cli.load;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.load.measure.LoadReport;
import dev.flyball.cli.load.report.ComparisonTable;
import dev.flyball.cli.load.report.HtmlReport;
import dev.flyball.cli.load.report.ReportJson;
import dev.flyball.cli.load.report.ReportTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a report goes. */
public final class ReportOptions {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Format format = Format.TABLE;

  @Option(names = "--html", paramLabel = "FILE", description = "Write a page with diagrams, too")
  private @Nullable Path html;

  @Option(names = "--force", description = "Replace a page that is there already")
  private boolean force;

  @Option(
      names = "--label",
      paramLabel = "TEXT",
      description = "Name of this server or its settings in comparisons (default: its URL)")
  private @Nullable String label;

  @Option(
      names = "--compare",
      paramLabel = "FILE",
      arity = "1..*",
      description =
          "Send nothing; lay reports of -o json side by side. Those of one label and rate are"
              + " repetitions, of which the medians are shown")
  private List<Path> compared = new ArrayList<>();

  /** How a report is printed. */
  enum Format {
    TABLE,
    JSON
  }

  public List<Path> compared() {
    return compared;
  }

  String label(String usual) {
    return label == null ? usual : label;
  }

  /**
   * Looks before the work whether its result can be kept.
   *
   * @throws CommandFailure where it cannot
   */
  public void check() {
    if (html != null && Files.exists(html) && !force) {
      throw new CommandFailure(html + " is there already; --force replaces it");
    }
    Path folder = html == null ? null : html.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new CommandFailure("there is no folder " + folder);
    }
  }

  public void show(LoadReport report, CommandContext context) {
    switch (format) {
      case TABLE -> ReportTable.print(report, context.out());
      case JSON -> context.out().println(ReportJson.write(report));
    }
    writeHtml(List.of(report), context);
  }

  /**
   * Shows reports that were made before.
   *
   * @throws IllegalArgumentException where that is not asked for as a table
   */
  public void showComparison(CommandContext context) {
    if (format == Format.JSON) {
      throw new IllegalArgumentException("--compare prints a table, and a page with --html");
    }
    List<LoadReport> reports = compared.stream().map(ReportJson::read).toList();
    ComparisonTable.print(reports, context.out());
    writeHtml(reports, context);
  }

  private void writeHtml(List<LoadReport> reports, CommandContext context) {
    if (html == null) {
      return;
    }
    try {
      Files.writeString(html, HtmlReport.page(reports));
      context.err().println("wrote " + html);
    } catch (IOException failure) {
      throw new CommandFailure(html + " cannot be written: " + failure, failure);
    }
  }
}
