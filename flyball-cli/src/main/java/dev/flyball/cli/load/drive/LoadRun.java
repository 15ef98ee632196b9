package dev.flyball.cli.load.drive;

import dev.flyball.cli.load.client.Answer;
import dev.flyball.cli.load.client.MetricsPage;
import dev.flyball.cli.load.client.PromptWriter;
import dev.flyball.cli.load.client.ServerMetricsReader;
import dev.flyball.cli.load.client.StreamClient;
import dev.flyball.cli.load.client.TargetServer;
import dev.flyball.cli.load.drive.Pace.ClosedLoop;
import dev.flyball.cli.load.drive.Pace.OpenLoop;
import dev.flyball.cli.load.measure.RunResult;
import dev.flyball.cli.load.measure.RunStatistics;
import dev.flyball.cli.load.measure.TokenAccount;
import dev.flyball.cli.load.workload.PlannedRequest;
import dev.flyball.cli.load.workload.Workload;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One run of a workload against a server. One thread keeps the time; each request is sent on its
 * own virtual thread, so that no answer can hold back an arrival.
 */
public final class LoadRun {
  private final StreamClient client;
  private final TargetServer target;
  private final PromptWriter prompts;
  private final RunSettings settings;
  private final Semaphore places;
  private final Set<Thread> underWay = ConcurrentHashMap.newKeySet();
  private final Thread timekeeper = Thread.currentThread();
  private volatile boolean stopped;

  /** A run that the current thread will make. */
  public LoadRun(
      StreamClient client, TargetServer target, PromptWriter prompts, RunSettings settings) {
    this.client = client;
    this.target = target;
    this.prompts = prompts;
    this.settings = settings;
    this.places = new Semaphore(settings.pace().inFlightLimit());
  }

  /**
   * Sends everything and waits for the last answer.
   *
   * @param news gets how the run stands, every second, on another thread
   */
  public RunResult run(Workload workload, Consumer<RunStatistics.Standing> news) {
    ServerMetricsReader metrics = new ServerMetricsReader(client);
    Optional<MetricsPage> before = metrics.read(); // takes its time, so before the clock starts
    long startNanos = System.nanoTime();
    RunStatistics statistics =
        new RunStatistics(
            settings.slo(), workload.classNames(), startNanos, settings.warmUp().toNanos());
    try (ServerWatch watch = new ServerWatch(metrics, before, settings, startNanos);
        Heartbeat _ = new Heartbeat(statistics, news)) {
      sendAll(workload, statistics, startNanos);
      places.acquireUninterruptibly(settings.pace().inFlightLimit());
      TokenAccount account =
          stopped ? statistics.clientAccount() : watch.account(statistics::clientAccount);
      return statistics.result(settings.rate(), stopped, account, watch.samples());
    }
  }

  /**
   * Ends the run early: nothing more is sent, and what is under way is cancelled. The server is not
   * asked any more what it counted: it may be what does not answer.
   */
  public void stop() {
    stopped = true;
    LockSupport.unpark(timekeeper);
    underWay.forEach(Thread::interrupt);
  }

  private void sendAll(Workload workload, RunStatistics statistics, long startNanos) {
    Optional<PlannedRequest> next = workload.next();
    while (next.isPresent() && !stopped) {
      PlannedRequest request = next.get();
      byte[] body = target.streamedBody(prompts.write(request.prompt()), request.outputTokens());
      boolean more =
          switch (settings.pace()) {
            case OpenLoop _ -> sendWhenDue(request, body, statistics, startNanos);
            case ClosedLoop loop -> sendWhenOneIsOver(request, body, statistics, startNanos, loop);
          };
      next = more ? workload.next() : Optional.empty();
    }
  }

  private boolean sendWhenDue(
      PlannedRequest request, byte[] body, RunStatistics statistics, long startNanos) {
    long intendedNanos = startNanos + request.arrivalNanos();
    for (long wait = intendedNanos - System.nanoTime();
        wait > 0 && !stopped;
        wait = intendedNanos - System.nanoTime()) {
      LockSupport.parkNanos(wait);
    }
    if (stopped) {
      return false;
    }
    statistics.arrived(request, intendedNanos);
    if (places.tryAcquire()) {
      send(request, body, statistics, intendedNanos);
    } else {
      statistics.dropped(request, intendedNanos);
    }
    return true;
  }

  private boolean sendWhenOneIsOver(
      PlannedRequest request,
      byte[] body,
      RunStatistics statistics,
      long startNanos,
      ClosedLoop loop) {
    places.acquireUninterruptibly();
    long now = System.nanoTime();
    if (stopped || loop.duration().filter(d -> now - startNanos >= d.toNanos()).isPresent()) {
      places.release();
      return false;
    }
    statistics.arrived(request, now);
    send(request, body, statistics, now);
    return true;
  }

  /** Sends on a thread of its own, which gives the place back. */
  private void send(
      PlannedRequest request, byte[] body, RunStatistics statistics, long intendedNanos) {
    Thread thread =
        Thread.ofVirtual()
            .unstarted(
                () -> {
                  statistics.started(intendedNanos);
                  try {
                    Answer answer =
                        client.ask(body, gap -> statistics.gap(request, intendedNanos, gap));
                    statistics.finished(request, answer, intendedNanos);
                  } finally {
                    underWay.remove(Thread.currentThread());
                    places.release();
                  }
                });
    underWay.add(thread);
    thread.start();
    if (stopped) {
      thread.interrupt();
    }
  }
}
