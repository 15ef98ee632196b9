package dev.flyball.cli.load.drive;

import dev.flyball.cli.load.measure.RunStatistics;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A thread that sleeps a little again and again: by how much it oversleeps shows whether this
 * process gets the processor when it needs it.
 */
final class Heartbeat implements AutoCloseable {
  private static final Duration BEAT = Duration.ofMillis(20);
  private static final long NEWS_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

  private final RunStatistics statistics;
  private final Consumer<RunStatistics.Standing> news;
  private final Thread thread;

  /**
   * Begins to beat.
   *
   * @param news gets how the run stands, every second
   */
  Heartbeat(RunStatistics statistics, Consumer<RunStatistics.Standing> news) {
    this.statistics = statistics;
    this.news = news;
    this.thread = Thread.ofPlatform().daemon().name("flyball-load-heartbeat").start(this::beat);
  }

  private void beat() {
    long newsAt = System.nanoTime();
    while (true) {
      long before = System.nanoTime();
      try {
        Thread.sleep(BEAT);
      } catch (InterruptedException stopped) {
        return;
      }
      long now = System.nanoTime();
      statistics.tick(now - before - BEAT.toNanos());
      if (now - newsAt >= NEWS_INTERVAL_NANOS) {
        newsAt = now;
        news.accept(statistics.standing());
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
