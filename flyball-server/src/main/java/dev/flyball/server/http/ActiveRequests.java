package dev.flyball.server.http;

import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The requests with a body that are in work, up to a limit, and whether new ones are still taken.
 * Thread-safe.
 */
public final class ActiveRequests {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final int limit;
  private final Semaphore free;
  private final Set<Exchange> active = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile boolean stopping;

  /**
   * No requests.
   *
   * @param limit most requests at one time
   */
  public ActiveRequests(int limit) {
    this.limit = limit;
    this.free = new Semaphore(limit);
  }

  /** Whether new requests are refused because the server stops. */
  public boolean isStopping() {
    return stopping;
  }

  /** Number of requests in work. */
  public int size() {
    return active.size();
  }

  /**
   * Takes a request into work.
   *
   * @throws ServerException QUEUE_FULL, STOPPING
   */
  void enter(Exchange exchange) {
    if (stopping) {
      throw stoppingNow();
    }
    if (!free.tryAcquire()) {
      throw ServerException.retryable(
          ServerError.QUEUE_FULL,
          "the server works on as many requests as it may (" + limit + "); try again",
          RETRY_AFTER);
    }
    active.add(exchange);
    if (stopping) { // it may have begun just now, and whoever waits may not have seen this one
      leave(exchange);
      throw stoppingNow();
    }
  }

  /** A request is over; no effect for one that never entered. */
  void leave(Exchange exchange) {
    if (!active.remove(exchange)) {
      return;
    }
    free.release();
    if (stopping) {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Refuses requests from now on. */
  public void refuseNew() {
    stopping = true;
  }

  /**
   * Waits until no request is in work.
   *
   * @return whether that was so within the time
   */
  public boolean awaitNone(Duration time) {
    long leftNanos = time.toNanos();
    lock.lock();
    try {
      while (!active.isEmpty()) {
        if (leftNanos <= 0) {
          return false;
        }
        leftNanos = changed.awaitNanos(leftNanos);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Stops the work on every request; the clients are told that the server stops. */
  public void abortAll() {
    active.forEach(exchange -> exchange.execute(() -> exchange.abort(stoppingNow())));
  }

  static ServerException stoppingNow() {
    return ServerException.retryable(
        ServerError.STOPPING, "the server is stopping", Duration.ofSeconds(5));
  }
}
