package dev.flyball.cli.load.report;

import dev.flyball.cli.load.measure.ClassResult;
import dev.flyball.cli.load.measure.LoadReport;
import dev.flyball.cli.load.measure.Quantiles;
import dev.flyball.cli.load.report.Comparison.Row;
import dev.flyball.cli.load.report.Series.Mark;
import dev.flyball.cli.load.report.Series.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Diagrams over several runs: what the load does to goodput and waiting, and distributions. */
final class ComparisonPlots {
  private ComparisonPlots() {}

  /** Goodput and waiting over the load, for each class. */
  static List<Plot> overLoad(Comparison comparison) {
    List<Plot> plots = new ArrayList<>();
    for (String className : comparison.classNames()) {
      plots.add(goodput(comparison, className));
      plots.add(waiting(comparison, className, "TTFT p99", Row::ttftP99Ms));
      plots.add(waiting(comparison, className, "TPOT p99", Row::tpotP99Ms));
    }
    return plots;
  }

  /**
   * A class's share of the load is taken from the requests that arrived, and its goodput from its
   * share of good ones: what is answered after the last arrival belongs to the load before it.
   */
  private static Plot goodput(Comparison comparison, String className) {
    double share = comparison.shareOf(className);
    List<Series> series =
        curves(comparison, className, row -> row.goodShare() * share * row.rate());
    double most = comparison.rows().stream().mapToDouble(Row::rate).max().orElse(1);
    List<Point> allGood = List.of(new Point(0, 0), new Point(most, most * share));
    series.addFirst(new Series("all that arrive", Mark.GUIDE, 0, allGood));
    return new Plot(
        "Goodput over load, " + className,
        Axis.linear("requests/s offered, all classes", xs(series), Axis::number),
        Axis.linear("requests/s within their goals", ys(series), Axis::number),
        series);
  }

  private static Plot waiting(
      Comparison comparison, String className, String what, ToDoubleFunction<Row> figure) {
    List<Series> series = curves(comparison, className, figure);
    return new Plot(
        what + " over load, " + className,
        Axis.linear("requests/s offered, all classes", xs(series), Axis::number),
        Axis.logarithmic(what, ys(series), Axis::millis),
        series);
  }

  private static List<Series> curves(
      Comparison comparison, String className, ToDoubleFunction<Row> figure) {
    List<Series> series = new ArrayList<>();
    for (String label : comparison.labels()) {
      List<Point> points =
          comparison.of(label, className).stream()
              .map(row -> new Point(row.rate(), figure.applyAsDouble(row)))
              .toList();
      series.add(new Series(label, Mark.LINE_AND_DOTS, series.size(), points));
    }
    return series;
  }

  /** Distributions of reports of one run each, class by class; one colour for each label. */
  static List<Plot> distributions(List<LoadReport> reports) {
    List<LoadReport> single = reports.stream().filter(report -> report.runs().size() == 1).toList();
    List<String> classNames =
        single.stream()
            .flatMap(report -> ReportTable.rows(report.runs().getFirst()).stream())
            .map(ClassResult::name)
            .distinct()
            .toList();
    List<Plot> plots = new ArrayList<>();
    for (String className : classNames) {
      plots.add(distribution(single, className, "TTFT", ClassResult::ttft));
      plots.add(distribution(single, className, "TPOT", ClassResult::tpot));
      plots.add(distribution(single, className, "E2E", ClassResult::e2e));
    }
    return plots;
  }

  private static Plot distribution(
      List<LoadReport> reports,
      String className,
      String what,
      Function<ClassResult, Quantiles> figure) {
    List<String> labels = reports.stream().map(LoadReport::label).distinct().toList();
    List<Series> series = new ArrayList<>();
    for (LoadReport report : reports) {
      for (ClassResult result : ReportTable.rows(report.runs().getFirst())) {
        if (result.name().equals(className)) {
          series.add(
              RunPlots.cdf(report.label(), labels.indexOf(report.label()), figure.apply(result)));
        }
      }
    }
    return RunPlots.cdfPlot(what + ", " + className, what, series);
  }

  private static DoubleStream xs(List<Series> series) {
    return series.stream().flatMap(one -> one.points().stream()).mapToDouble(Point::x);
  }

  private static DoubleStream ys(List<Series> series) {
    return series.stream().flatMap(one -> one.points().stream()).mapToDouble(Point::y);
  }
}
