package dev.flyball.cli.load;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.cli.load.client.PromptCalibration;
import dev.flyball.cli.load.client.PromptWriter;
import dev.flyball.cli.load.client.StreamClient;
import dev.flyball.cli.load.client.TargetServer;
import dev.flyball.cli.load.drive.LoadRun;
import dev.flyball.cli.load.drive.RunSettings;
import dev.flyball.cli.load.measure.LoadReport;
import dev.flyball.cli.load.measure.RunResult;
import dev.flyball.cli.load.workload.Workload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A load test from its options to its report: one run, or one for each rate. */
public final class LoadSession {
  private final CommandContext context;
  private final TargetOptions targetOptions;
  private final WorkloadOptions workloadOptions;
  private final RunOptions runOptions;
  private final AtomicReference<Optional<LoadRun>> current =
      new AtomicReference<>(Optional.empty());
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile Optional<Thread> preparing = Optional.empty();

  /** A test that was not begun. */
  public LoadSession(
      CommandContext context,
      TargetOptions targetOptions,
      WorkloadOptions workloadOptions,
      RunOptions runOptions) {
    this.context = context;
    this.targetOptions = targetOptions;
    this.workloadOptions = workloadOptions;
    this.runOptions = runOptions;
  }

  /**
   * Makes the test.
   *
   * @param tool version of this program, for the report
   * @throws UsageFailure where options cannot be, before anything is sent
   */
  public LoadReport run(String tool, ReportOptions reportOptions) {
    TargetServer target = UsageFailure.checked(() -> targetOptions.target(context));
    boolean closedLoop = runOptions.closedLoop();
    List<Double> rates = UsageFailure.checked(() -> workloadOptions.rates(closedLoop));
    RunSettings first = UsageFailure.checked(() -> settings(rates.getFirst()));
    String workload = UsageFailure.checked(() -> checkedDescription(rates.getFirst(), first));
    Instant startedAt = context.clock().instant();
    try (StreamClient client = new StreamClient(target, runOptions.timeout())) {
      PromptWriter prompts = prepared(client, target);
      context.err().println("prompt lengths " + prompts.method());
      return new LoadReport(
          LoadReport.FORMAT,
          tool,
          reportOptions.label(target.base().toString()),
          startedAt.toString(),
          target.base().toString(),
          target.model().orElse("default"),
          target.api().name().toLowerCase(Locale.ROOT),
          workload,
          first.pace().toString(),
          workloadOptions.seed(),
          prompts.method(),
          runs(client, target, prompts, rates));
    }
  }

  /** Asks the server what prompts cost; a stop ends that with a failure, as there is no run yet. */
  private PromptWriter prepared(StreamClient client, TargetServer target) {
    preparing = Optional.of(Thread.currentThread());
    try {
      return PromptCalibration.of(client, target);
    } finally {
      preparing = Optional.empty();
    }
  }

  private RunSettings settings(double rate) {
    return runOptions.settings(rate, workloadOptions.closedLoopDuration());
  }

  /** Opens the first workload once, so that what is wrong with it shows before the load. */
  private String checkedDescription(double rate, RunSettings settings) {
    try (Workload workload = workloadOptions.workload(rate, 0, runOptions.closedLoop())) {
      settings.slo().checkClasses(new LinkedHashSet<>(workload.classNames()));
      return workload.description();
    }
  }

  private List<RunResult> runs(
      StreamClient client, TargetServer target, PromptWriter prompts, List<Double> rates) {
    List<RunResult> results = new ArrayList<>();
    for (double rate : rates) {
      if (isStopped(results.isEmpty() ? 0 : runOptions.pause().toMillis())) {
        break;
      }
      LoadRun run = new LoadRun(client, target, prompts, settings(rate));
      current.set(Optional.of(run));
      if (isStopped(0)) {
        run.stop(); // the signal came before the run was known
      }
      LoadProgress progress = new LoadProgress(context);
      try (Workload workload =
          workloadOptions.workload(rate, results.size(), runOptions.closedLoop())) {
        results.add(run.run(workload, progress));
      } finally {
        progress.end();
      }
    }
    if (results.isEmpty()) {
      throw new CommandFailure("stopped before the first request");
    }
    return results;
  }

  private boolean isStopped(long waitMillis) {
    try {
      return stopped.await(waitMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Ends the test early; its report tells of what came until then. From any thread. */
  public void stop() {
    stopped.countDown();
    preparing.ifPresent(Thread::interrupt);
    current.get().ifPresent(LoadRun::stop);
  }
}
