package dev.flyball.cli.load.report;

import dev.flyball.cli.load.measure.ClassResult;
import dev.flyball.cli.load.measure.LoadReport;
import dev.flyball.cli.load.measure.RunResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Several reports side by side. Runs of the same label, planned rate and class are repetitions:
 * each figure is the median over them.
 */
record Comparison(List<Row> rows) {
  /**
   * Medians over the repetitions of a run, for one class.
   *
   * @param rate planned, or offered where none was planned
   * @param runs repetitions
   * @param arrived requests
   */
  record Row(
      String label,
      double rate,
      int runs,
      String className,
      double arrived,
      double ttftP50Ms,
      double ttftP99Ms,
      double tpotP50Ms,
      double tpotP99Ms,
      double e2eP99Ms,
      double requestsPerSecond,
      double outputTokensPerSecond,
      double goodShare,
      double goodPerSecond,
      double failed) {}

  private record Key(String label, double rate, String className) {}

  Comparison {
    rows = List.copyOf(rows);
  }

  static Comparison of(List<LoadReport> reports) {
    Map<Key, List<ClassResult>> repetitions = new LinkedHashMap<>();
    for (LoadReport report : reports) {
      for (RunResult run : report.runs()) {
        double rate = run.rate() > 0 ? run.rate() : run.offeredRate();
        for (ClassResult result : ReportTable.rows(run)) {
          repetitions
              .computeIfAbsent(new Key(report.label(), rate, result.name()), _ -> new ArrayList<>())
              .add(result);
        }
      }
    }
    List<Row> rows = new ArrayList<>();
    repetitions.forEach((key, results) -> rows.add(row(key, results)));
    return new Comparison(rows);
  }

  private static Row row(Key key, List<ClassResult> results) {
    return new Row(
        key.label(),
        key.rate(),
        results.size(),
        key.className(),
        median(results, ClassResult::arrived),
        median(results, result -> result.ttft().p50Ms()),
        median(results, result -> result.ttft().p99Ms()),
        median(results, result -> result.tpot().p50Ms()),
        median(results, result -> result.tpot().p99Ms()),
        median(results, result -> result.e2e().p99Ms()),
        median(results, result -> result.throughput().requestsPerSecond()),
        median(results, result -> result.throughput().outputTokensPerSecond()),
        median(results, result -> result.goodput().share()),
        median(results, result -> result.goodput().requestsPerSecond()),
        median(results, result -> result.failed() + result.dropped()));
  }

  /** The middle value, or the mean of both. */
  private static double median(List<ClassResult> results, ToDoubleFunction<ClassResult> figure) {
    double[] sorted = results.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  List<String> labels() {
    return rows.stream().map(Row::label).distinct().toList();
  }

  List<String> classNames() {
    return rows.stream().map(Row::className).distinct().toList();
  }

  /** Rows of a class under a label, the smallest rate first. */
  List<Row> of(String label, String className) {
    return rows.stream()
        .filter(row -> row.label().equals(label) && row.className().equals(className))
        .sorted(Comparator.comparingDouble(Row::rate))
        .toList();
  }

  /** The share of all arrivals that a class has. */
  double shareOf(String className) {
    double own = arrivals(className);
    double all = classNames().contains(ClassResult.ALL) ? arrivals(ClassResult.ALL) : own;
    return all == 0 ? 1 : own / all;
  }

  private double arrivals(String className) {
    return rows.stream()
        .filter(row -> row.className().equals(className))
        .mapToDouble(row -> row.arrived() * row.runs())
        .sum();
  }

  /** Whether a curve over the load can be drawn. */
  boolean hasSeveralRates() {
    return rows.stream().anyMatch(row -> of(row.label(), row.className()).size() > 1);
  }
}
