package dev.flyball.cli.load.report;

import dev.flyball.cli.load.client.Answer;
import dev.flyball.cli.load.client.TokenCounts;
import dev.flyball.cli.load.measure.LoadReport;
import dev.flyball.cli.load.measure.RunResult;
import dev.flyball.cli.load.measure.RunStatistics;
import dev.flyball.cli.load.measure.ServerSample;
import dev.flyball.cli.load.measure.SloPolicy;
import dev.flyball.cli.load.workload.PlannedRequest;
import dev.flyball.cli.load.workload.PromptSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Reports made of invented answers. */
final class SampleReports {
  private static final List<String> CLASSES = List.of("chat", "document");

  private SampleReports() {}

  /** A report with a run of 200 requests at each rate. */
  static LoadReport report(String label, long seed, double... rates) {
    List<RunResult> runs = new ArrayList<>();
    Random random = new Random(seed);
    for (double rate : rates) {
      runs.add(run(rate, random));
    }
    return report(label, seed, runs);
  }

  /** A report of a run in which nothing arrived. */
  static LoadReport empty() {
    RunStatistics nothing = new RunStatistics(SloPolicy.NONE, CLASSES, 0, 0);
    return report("empty", 1, List.of(nothing.result(1, true, nothing.clientAccount(), List.of())));
  }

  private static LoadReport report(String label, long seed, List<RunResult> runs) {
    return new LoadReport(
        LoadReport.FORMAT,
        "test",
        label,
        "now",
        "url",
        "model",
        "chat",
        "mix",
        "open",
        seed,
        "",
        runs);
  }

  private static RunResult run(double rate, Random random) {
    RunStatistics statistics =
        new RunStatistics(SloPolicy.parse("ttft=400ms,tpot=30ms"), CLASSES, 0, 0);
    for (int i = 0; i < 200; i++) {
      long arrival = (long) (i / rate * 1e9);
      String name = random.nextInt(5) == 0 ? "document" : "chat";
      PlannedRequest request =
          new PlannedRequest(
              arrival, name, new PromptSpec(List.of(new PromptSpec.Part(i, 10))), 20);
      long first = arrival + (long) (1e8 * Math.exp(random.nextGaussian()));
      long end = first + 19 * (long) (1e7 * (1 + random.nextDouble() * rate));
      statistics.arrived(request, arrival);
      statistics.started(arrival);
      statistics.finished(
          request,
          new Answer(
              first, end, end, 20, Optional.of(new TokenCounts(10, 0, 20)), Optional.empty()),
          arrival);
    }
    statistics.tick(1000);
    List<ServerSample> samples = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      samples.add(
          new ServerSample(i, Map.of("resident_bytes", 1e8 + i, "kv_usage", 0.5, "running", 3.0)));
    }
    return statistics.result(rate, false, statistics.clientAccount(), samples);
  }
}
