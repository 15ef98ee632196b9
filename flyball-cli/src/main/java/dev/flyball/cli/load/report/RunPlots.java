package dev.flyball.cli.load.report;

import dev.flyball.cli.load.measure.ClassResult;
import dev.flyball.cli.load.measure.Quantiles;
import dev.flyball.cli.load.measure.RequestSample;
import dev.flyball.cli.load.measure.RunResult;
import dev.flyball.cli.load.measure.ServerSample;
import dev.flyball.cli.load.measure.TimelineBucket;
import dev.flyball.cli.load.report.Series.Mark;
import dev.flyball.cli.load.report.Series.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Diagrams of one run. */
final class RunPlots {
  private RunPlots() {}

  static List<Plot> of(RunResult run) {
    List<Plot> plots = new ArrayList<>();
    plots.add(distribution(run, "Time to first token", "TTFT", ClassResult::ttft));
    plots.add(distribution(run, "Time per output token", "TPOT", ClassResult::tpot));
    plots.add(distribution(run, "End to end", "E2E", ClassResult::e2e));
    if (!run.timeline().isEmpty()) {
      plots.add(traffic(run));
      plots.add(inFlight(run));
    }
    if (!run.samples().isEmpty()) {
      plots.add(firstTokens(run));
    }
    addServer(plots, run, "resident_bytes", "Resident memory of the server", "MiB", 1 << 20);
    addServer(plots, run, "kv_usage", "KV cache in use", "percent", 0.01);
    return plots;
  }

  private static Plot distribution(
      RunResult run, String title, String what, Function<ClassResult, Quantiles> figure) {
    List<Series> series = new ArrayList<>();
    for (ClassResult result : run.classes()) {
      series.add(cdf(result.name(), series.size(), figure.apply(result)));
    }
    return cdfPlot(title, what, series);
  }

  /** A distribution as a line from 0 to 1. */
  static Series cdf(String name, int color, Quantiles times) {
    List<Point> points = new ArrayList<>();
    for (int percent = 0; percent < times.cdfMs().size(); percent++) {
      points.add(new Point(times.cdfMs().get(percent), percent / 100.0));
    }
    return new Series(name, Mark.LINE, color, points);
  }

  /** Distributions of times. */
  static Plot cdfPlot(String title, String what, List<Series> series) {
    DoubleStream times =
        series.stream().flatMap(one -> one.points().stream()).mapToDouble(Point::x);
    return new Plot(
        title,
        Axis.logarithmic(what, times, Axis::millis),
        Axis.linear("share of requests", DoubleStream.of(1), Axis::percent),
        series);
  }

  private static Plot traffic(RunResult run) {
    List<Series> series =
        List.of(
            rate(run, "arrived", 0, TimelineBucket::arrived),
            rate(run, "answered", 1, TimelineBucket::answered),
            rate(run, "failed or dropped", 2, TimelineBucket::failed));
    return new Plot("Requests a second", time(run), fitted("requests/s", series), series);
  }

  private static Series rate(
      RunResult run, String name, int color, ToDoubleFunction<TimelineBucket> count) {
    return course(run, name, color, bucket -> count.applyAsDouble(bucket) / run.bucketSeconds());
  }

  private static Plot inFlight(RunResult run) {
    List<Series> series =
        new ArrayList<>(List.of(course(run, "in flight, most", 0, TimelineBucket::inFlightMax)));
    for (String name : List.of("running", "waiting")) {
      List<Point> points = points(run.serverSamples(), name, 1);
      series.add(new Series(name + ", by the server", Mark.LINE, series.size(), points));
    }
    return new Plot("Requests under way", time(run), fitted("requests", series), series);
  }

  /** A line in steps over the spans of the timeline. */
  private static Series course(
      RunResult run, String name, int color, ToDoubleFunction<TimelineBucket> figure) {
    List<Point> points = new ArrayList<>();
    for (TimelineBucket bucket : run.timeline()) {
      points.add(new Point(bucket.seconds(), figure.applyAsDouble(bucket)));
    }
    double end = run.timeline().getLast().seconds() + run.bucketSeconds();
    points.add(new Point(end, points.getLast().y()));
    return new Series(name, Mark.STEPS, color, points);
  }

  private static Plot firstTokens(RunResult run) {
    List<Series> series = new ArrayList<>();
    for (ClassResult result : run.classes()) {
      List<Point> points =
          run.samples().stream()
              .filter(sample -> sample.name().equals(result.name()))
              .map(sample -> new Point(sample.seconds(), sample.ttftMs()))
              .toList();
      series.add(new Series(result.name(), Mark.DOTS, series.size(), points));
    }
    DoubleStream times = run.samples().stream().mapToDouble(RequestSample::ttftMs);
    return new Plot(
        "Time to first token over time (up to 1000 requests)",
        time(run),
        Axis.logarithmic("TTFT", times, Axis::millis),
        series);
  }

  private static void addServer(
      List<Plot> plots, RunResult run, String name, String title, String unit, double unitSize) {
    List<Point> points = points(run.serverSamples(), name, unitSize);
    if (points.size() > 1) {
      List<Series> series = List.of(new Series(title, Mark.LINE, 0, points));
      plots.add(new Plot(title, time(run), fitted(unit, series), series));
    }
  }

  private static List<Point> points(List<ServerSample> samples, String name, double unitSize) {
    return samples.stream()
        .filter(sample -> sample.values().containsKey(name))
        .map(
            sample ->
                new Point(sample.seconds(), sample.values().getOrDefault(name, 0.0) / unitSize))
        .toList();
  }

  private static Axis time(RunResult run) {
    DoubleStream ends =
        run.timeline().stream().mapToDouble(bucket -> bucket.seconds() + run.bucketSeconds());
    return Axis.linear("seconds", ends, Axis::number);
  }

  private static Axis fitted(String label, List<Series> series) {
    DoubleStream values =
        series.stream().flatMap(one -> one.points().stream()).mapToDouble(Point::y);
    return Axis.linear(label, values, Axis::number);
  }
}
