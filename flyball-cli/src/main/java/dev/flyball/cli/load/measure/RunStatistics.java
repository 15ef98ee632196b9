package dev.flyball.cli.load.measure;

import dev.flyball.cli.load.client.Answer;
import dev.flyball.cli.load.client.Failure;
import dev.flyball.cli.load.client.TokenCounts;
import dev.flyball.cli.load.workload.PlannedRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts a run. Memory does not grow with its length. Requests that arrive during the warm-up are
 * left out of everything but the token account, the generator's lag and the timeline. Thread-safe.
 */
public final class RunStatistics {
  private final SloPolicy slo;
  private final long startNanos;
  private final long warmUpNanos;
  private final ClassStatistics all;
  private final Map<String, ClassStatistics> classes = new LinkedHashMap<>();
  private final Latencies dispatchLag = new Latencies();
  private final Latencies wakeUpLag = new Latencies();
  private final Timeline timeline = new Timeline();
  private final SampleReservoir samples = new SampleReservoir();
  private final AtomicLong inFlight = new AtomicLong();
  private long lastEndNanos;
  private long lastArrivalNanos;
  private long measuredArrivals;
  private long plannedTokens;
  private long countedTokens;
  private long maxDeviation;
  private long accountPrompt;
  private long accountOutput;
  private long accountMissing;
  private long finished;
  private long failed;

  /**
   * Statistics.
   *
   * @param startNanos beginning of the run, of {@link System#nanoTime}
   */
  public RunStatistics(SloPolicy slo, List<String> classNames, long startNanos, long warmUpNanos) {
    this.slo = slo;
    this.startNanos = startNanos;
    this.warmUpNanos = warmUpNanos;
    this.lastEndNanos = startNanos;
    this.lastArrivalNanos = startNanos;
    this.all =
        new ClassStatistics(
            ClassResult.ALL, slo.byClass().isEmpty() ? slo.usual().toString() : "by class");
    for (String name : classNames) {
      classes.put(name, new ClassStatistics(name, slo.of(name).toString()));
    }
  }

  /** How a run stands. */
  public record Standing(long inFlight, long finished, long failed) {}

  public synchronized Standing standing() {
    return new Standing(inFlight.get(), finished, failed);
  }

  /** A request is due. */
  public void arrived(PlannedRequest request, long intendedNanos) {
    timeline.arrived(intendedNanos - startNanos);
    if (!measured(intendedNanos)) {
      return;
    }
    all.arrived();
    ofClass(request).arrived();
    synchronized (this) {
      measuredArrivals++;
      lastArrivalNanos = intendedNanos;
    }
  }

  /** A request that was due is not sent, since too many are under way. */
  public void dropped(PlannedRequest request, long intendedNanos) {
    timeline.failed(intendedNanos - startNanos);
    synchronized (this) {
      failed++;
    }
    if (measured(intendedNanos)) {
      all.dropped();
      ofClass(request).dropped();
    }
  }

  /** A request is being sent. */
  public void started(long intendedNanos) {
    inFlight.incrementAndGet();
    dispatchLag.record(System.nanoTime() - intendedNanos);
  }

  /** An output followed another one of the same answer. */
  public void gap(PlannedRequest request, long intendedNanos, long gapNanos) {
    if (measured(intendedNanos)) {
      all.gap(gapNanos);
      ofClass(request).gap(gapNanos);
    }
  }

  /** A request that was sent is over. */
  public void finished(PlannedRequest request, Answer answer, long intendedNanos) {
    inFlight.decrementAndGet();
    account(request, answer);
    if (answer.failure().isPresent()) {
      timeline.failed(answer.endNanos() - startNanos);
      if (measured(intendedNanos)) {
        failed(request, answer.failure().get());
      }
      return;
    }
    AnswerTimes times = AnswerTimes.of(answer, intendedNanos);
    timeline.answered(
        intendedNanos - startNanos,
        answer.endNanos() - startNanos,
        times.ttftNanos(),
        answer.outputTokens());
    if (measured(intendedNanos)) {
      answered(request, answer, times, intendedNanos);
    }
  }

  private void failed(PlannedRequest request, Failure failure) {
    all.failed(failure);
    ofClass(request).failed(failure);
  }

  private void answered(
      PlannedRequest request, Answer answer, AnswerTimes times, long intendedNanos) {
    List<String> missed =
        slo.of(request.className()).missed(times.ttftNanos(), times.tpotNanos(), times.e2eNanos());
    all.answered(times, answer, missed);
    ofClass(request).answered(times, answer, missed);
    samples.offer(
        new RequestSample(
            Rounding.threeDecimals((intendedNanos - startNanos) / 1e9),
            request.className(),
            Rounding.threeDecimals(times.ttftNanos() / 1e6),
            Rounding.threeDecimals(times.e2eNanos() / 1e6),
            missed.isEmpty()));
  }

  private synchronized void account(PlannedRequest request, Answer answer) {
    finished++;
    failed += answer.failure().isPresent() ? 1 : 0;
    lastEndNanos = Math.max(lastEndNanos, answer.endNanos());
    if (answer.usage().isEmpty()) {
      accountMissing++;
      return;
    }
    TokenCounts usage = answer.usage().get();
    accountPrompt += usage.prompt();
    accountOutput += usage.output();
    int planned = request.prompt().tokens();
    plannedTokens += planned;
    countedTokens += usage.prompt();
    maxDeviation = Math.max(maxDeviation, Math.abs(usage.prompt() - planned));
  }

  private boolean measured(long intendedNanos) {
    return intendedNanos - startNanos >= warmUpNanos;
  }

  private ClassStatistics ofClass(PlannedRequest request) {
    ClassStatistics found = classes.get(request.className());
    if (found == null) {
      throw new IllegalStateException("a request of the unknown class " + request.className());
    }
    return found;
  }

  /** Called now and then, by a thread that slept longer than it wanted by so much. */
  public void tick(long overslept) {
    wakeUpLag.record(overslept);
    timeline.inFlight(System.nanoTime() - startNanos, inFlight.get());
  }

  /** What the client knows of the tokens of all requests so far. */
  public synchronized TokenAccount clientAccount() {
    return TokenAccount.unchecked(accountPrompt, accountOutput, accountMissing);
  }

  /** What was counted. */
  public synchronized RunResult result(
      double rate, boolean interrupted, TokenAccount account, List<ServerSample> serverSamples) {
    long from = startNanos + warmUpNanos;
    double seconds = Math.max(0, lastEndNanos - from) / 1e9;
    double arrivalSeconds = Math.max(0, lastArrivalNanos - from) / 1e9;
    List<ClassResult> results = new ArrayList<>();
    classes.values().forEach(statistics -> results.add(statistics.result(seconds)));
    return new RunResult(
        rate,
        arrivalSeconds == 0 ? 0 : Rounding.threeDecimals(measuredArrivals / arrivalSeconds),
        Rounding.threeDecimals(seconds),
        interrupted,
        all.result(seconds),
        results,
        new PromptLengths(plannedTokens, countedTokens, maxDeviation),
        new GeneratorLag(dispatchLag.quantiles(), wakeUpLag.quantiles()),
        account,
        timeline.bucketSeconds(),
        timeline.result(),
        samples.inOrder(),
        serverSamples);
  }
}
