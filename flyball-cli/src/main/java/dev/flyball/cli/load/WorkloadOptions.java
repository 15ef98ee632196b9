package dev.flyball.cli.load;

import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.load.workload.ArrivalProcess;
import dev.flyball.cli.load.workload.RequestLimits;
import dev.flyball.cli.load.workload.SyntheticWorkload;
import dev.flyball.cli.load.workload.TraceSlice;
import dev.flyball.cli.load.workload.TraceWorkload;
import dev.flyball.cli.load.workload.TraceWorkload.Scale;
import dev.flyball.cli.load.workload.TrafficMix;
import dev.flyball.cli.load.workload.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is sent, and when. */
public final class WorkloadOptions {
  private static final Duration DEFAULT_DURATION = Duration.ofMinutes(1);
  private static final double DEFAULT_RATE = 1;

  @Option(
      names = "--mix",
      paramLabel = "MIX",
      description =
          "Kinds of requests: \"80%% in=50-300 out=50-150 name=chat; 20%% in=3000-6000 out=50-150"
              + " name=document\" (default: ${DEFAULT-VALUE})")
  private String mix = "100% in=50-300 out=50-150 name=chat";

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "Replay a trace instead: Azure's CSV of 2023 or Mooncake's JSON lines, plain or gzip")
  private @Nullable Path trace;

  @Option(
      names = "--rate",
      paramLabel = "N",
      split = ",",
      description =
          "Requests a second; several, such as 1,2,4: a run at each. A trace is stretched to it"
              + " (default: 1 for a mix, a trace's own for a trace)")
  private List<Double> rates = List.of();

  @Option(
      names = "--burstiness",
      paramLabel = "K",
      description =
          "Shape of the gamma distribution between arrivals of a mix: 1 is Poisson, below it is"
              + " bursty (default: ${DEFAULT-VALUE})")
  private double burstiness = 1;

  @Option(
      names = "--start",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Where in the trace to begin (default: 0s)")
  private Duration start = Duration.ZERO;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "How long requests arrive, for a trace in its own time (default: 1m for a mix, all of a"
              + " trace)")
  private @Nullable Duration duration;

  @Option(names = "--max-requests", paramLabel = "N", description = "Requests at most, in a run")
  private long maxRequests = Long.MAX_VALUE;

  @Option(
      names = "--time-scale",
      paramLabel = "F",
      description = "Factor of the times between arrivals of a trace: 0.5 is twice as fast")
  private double timeScale = 1;

  @Option(
      names = "--length-scale",
      paramLabel = "F",
      description = "Factor of the lengths of a trace's prompts and answers")
  private double lengthScale = 1;

  @Option(
      names = "--max-context",
      paramLabel = "TOKENS",
      description = "Shorten requests so that prompt and answer together fit into it")
  private int maxContext = Integer.MAX_VALUE;

  @Option(
      names = "--split",
      paramLabel = "TOKENS",
      description =
          "Report requests of a trace with prompts up to this long as short, others as long")
  private @Nullable Integer splitTokens;

  @Option(
      names = "--shared-prefix",
      paramLabel = "TOKENS",
      description = "Put the same text of this length in front of every prompt")
  private int sharedPrefixTokens;

  @Option(
      names = "--seed",
      description = "Of arrivals, lengths and texts (default: one by chance, shown in the report)")
  private long seed = ThreadLocalRandom.current().nextLong(1, 1L << 31);

  long seed() {
    return seed;
  }

  /**
   * The rates to run at; one of 0 where the workload has its own, as in a closed loop.
   *
   * @param closedLoop arrivals are not by a rate
   * @throws IllegalArgumentException where there are none to be
   */
  List<Double> rates(boolean closedLoop) {
    if (closedLoop && !rates.isEmpty()) {
      throw new IllegalArgumentException("--concurrency makes a closed loop, which has no --rate");
    }
    if (rates.stream().anyMatch(rate -> !(rate > 0))) {
      throw new IllegalArgumentException("--rate must be above 0");
    }
    if (!rates.isEmpty()) {
      return rates;
    }
    return List.of(closedLoop || trace != null ? 0.0 : DEFAULT_RATE);
  }

  /** How long a closed loop goes on; nothing: until its trace ends. */
  Optional<Duration> closedLoopDuration() {
    boolean bounded = trace != null || maxRequests < Long.MAX_VALUE;
    return Optional.ofNullable(duration)
        .or(() -> bounded ? Optional.empty() : Optional.of(DEFAULT_DURATION));
  }

  /**
   * The workload of a run.
   *
   * @param rate 0: the workload's own
   * @param run which of the runs: each has texts of its own, so that none finds those of an earlier
   *     one in the server's cache
   * @param closedLoop its arrivals will not count
   * @throws IllegalArgumentException where options cannot be
   */
  Workload workload(double rate, int run, boolean closedLoop) {
    if (sharedPrefixTokens < 0) {
      throw new IllegalArgumentException("--shared-prefix must not be negative");
    }
    boolean unbounded = closedLoop || maxRequests < Long.MAX_VALUE;
    Optional<Duration> end =
        closedLoop
            ? Optional.empty()
            : Optional.ofNullable(duration)
                .or(() -> unbounded ? Optional.empty() : Optional.of(DEFAULT_DURATION));
    if (trace != null) {
      return traceWorkload(trace, rate, run, closedLoop);
    }
    return new SyntheticWorkload(
        TrafficMix.parse(mix),
        new ArrivalProcess(rate > 0 ? rate : DEFAULT_RATE, burstiness),
        new RequestLimits(end, maxRequests, maxContext),
        sharedPrefixTokens,
        seed + run);
  }

  private Workload traceWorkload(Path file, double rate, int run, boolean closedLoop) {
    RequestLimits limits =
        new RequestLimits(
            closedLoop ? Optional.empty() : Optional.ofNullable(duration), maxRequests, maxContext);
    TraceSlice slice = new TraceSlice(file, start, limits.duration(), maxRequests);
    return new TraceWorkload(
        slice,
        new Scale(rate > 0 ? stretch(slice, rate) : timeScale, lengthScale),
        limits,
        splitTokens == null ? OptionalInt.empty() : OptionalInt.of(splitTokens),
        sharedPrefixTokens,
        seed + run);
  }

  private static double stretch(TraceSlice slice, double rate) {
    TraceSlice.Size size = slice.measure();
    if (size.ratePerSecond() == 0) {
      throw new CommandFailure(
          "the slice of the trace has %d requests at one time: no --rate can be made of it"
              .formatted(size.requests()));
    }
    return size.ratePerSecond() / rate;
  }
}
