package dev.flyball.cli.load.client;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Interrupts a thread that is not done in time. Closed by that thread. */
final class TimeLimit implements AutoCloseable {
  private final Thread thread = Thread.currentThread();
  private final Future<?> alarm;
  private boolean over;
  private boolean struck;

  TimeLimit(ScheduledThreadPoolExecutor timer, long nanos) {
    this.alarm = timer.schedule(this::strike, nanos, TimeUnit.NANOSECONDS);
  }

  private synchronized void strike() {
    if (!over) {
      struck = true;
      thread.interrupt();
    }
  }

  /** Whether the thread was interrupted by this. */
  synchronized boolean struck() {
    return struck;
  }

  @Override
  public void close() {
    alarm.cancel(false);
    synchronized (this) {
      over = true;
    }
  }
}
