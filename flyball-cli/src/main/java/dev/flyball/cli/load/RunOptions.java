package dev.flyball.cli.load;

import dev.flyball.cli.load.drive.Pace;
import dev.flyball.cli.load.drive.RunSettings;
import dev.flyball.cli.load.measure.SloPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the load is driven, and what counts as good. */
public final class RunOptions {
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description =
          "Closed loop: N requests under way, the next when one is over. Shows what a server can"
              + " do at most; times under load need the open loop, which is the default")
  private @Nullable Integer concurrency;

  @Option(
      names = "--max-in-flight",
      paramLabel = "N",
      description =
          "Open loop: requests that are due while so many are under way are dropped and counted"
              + " (default: ${DEFAULT-VALUE})")
  private int maxInFlight = 1024;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "For a whole request (default: 10m)")
  private Duration timeout = Duration.ofMinutes(10);

  @Option(
      names = "--warm-up",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Requests that arrive within it are sent but not measured (default: 0s)")
  private Duration warmUp = Duration.ZERO;

  @Option(
      names = "--pause",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Between runs at several rates (default: 2s)")
  private Duration pause = Duration.ofSeconds(2);

  @Option(
      names = "--slo",
      paramLabel = "GOALS",
      description =
          "What an answer must keep to be good: \"ttft=2s,tpot=150ms,e2e=60s\", other goals for a"
              + " class behind a semicolon: \"ttft=2s; document: ttft=30s\"")
  private @Nullable String slo;

  @Option(
      names = "--sample-every",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How often the server's /metrics is read (default: 5s)")
  private Duration sampleInterval = Duration.ofSeconds(5);

  @Option(
      names = "--server-pid",
      paramLabel = "PID",
      description = "Process of a server on this Linux machine, to watch its resident memory")
  private @Nullable Long serverPid;

  Duration timeout() {
    return timeout;
  }

  Duration pause() {
    return pause;
  }

  boolean closedLoop() {
    return concurrency != null;
  }

  /**
   * The settings of a run.
   *
   * @throws IllegalArgumentException where options cannot be
   */
  RunSettings settings(double rate, Optional<Duration> closedLoopDuration) {
    Pace pace =
        concurrency == null
            ? new Pace.OpenLoop(maxInFlight)
            : new Pace.ClosedLoop(concurrency, closedLoopDuration);
    if (sampleInterval.compareTo(SHORTEST_INTERVAL) < 0) {
      throw new IllegalArgumentException("--sample-every must be at least 100ms");
    }
    if (timeout.isZero()) {
      throw new IllegalArgumentException("--timeout must be above 0");
    }
    return new RunSettings(
        pace,
        rate,
        warmUp,
        slo == null ? SloPolicy.NONE : SloPolicy.parse(slo),
        sampleInterval,
        serverPid == null ? OptionalLong.empty() : OptionalLong.of(serverPid));
  }
}
