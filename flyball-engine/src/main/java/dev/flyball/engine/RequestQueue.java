package dev.flyball.engine;

import dev.flyball.engine.schedule.QueueForecast;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where callers' threads meet the engine's thread: new requests and cancellations go in, the engine
 * takes them between steps. Bounded: it counts every request from its coming to its end.
 * Thread-safe.
 */
final class RequestQueue {
  private final int maxRunning;
  private final int maxWaiting;
  private final long cacheTokensCapacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<EngineSequence> arrivals = new ArrayDeque<>();
  private final Queue<EngineSequence> cancellations = new ArrayDeque<>();
  private final CompletionPace pace = new CompletionPace();
  private int open;
  private int running;
  private long cacheTokensUsed;
  private long arrivedTokens;
  private QueueForecast forecast = QueueForecast.UNKNOWN;
  private boolean closed;

  RequestQueue(int maxRunning, int maxWaiting, long cacheTokensCapacity) {
    this.maxRunning = maxRunning;
    this.maxWaiting = maxWaiting;
    this.cacheTokensCapacity = cacheTokensCapacity;
  }

  /**
   * Takes a request in, or says why not.
   *
   * @throws EngineException with CLOSED
   */
  Optional<Submission> offer(EngineSequence sequence) {
    lock.lock();
    try {
      if (closed) {
        throw new EngineException(EngineError.CLOSED, "the engine is closed");
      }
      if (open >= maxRunning && open - running >= maxWaiting) {
        return Optional.of(new Submission.QueueFull(open - running, pace.retryAfter()));
      }
      Optional<Submission> tooLate = tooLate(sequence);
      if (tooLate.isEmpty()) {
        open++;
        arrivals.add(sequence);
        arrivedTokens += sequence.knownTokens();
        changed.signal();
      }
      return tooLate;
    } finally {
      lock.unlock();
    }
  }

  /** A request that asks for its first token within a time that, as predicted, cannot be kept. */
  private Optional<Submission> tooLate(EngineSequence sequence) {
    Optional<Duration> target = sequence.terms().target().ttft();
    return target
        .flatMap(
            _ ->
                forecast.timeToFirstToken(
                    sequence.knownTokens(),
                    sequence.terms(),
                    arrivedTokens,
                    pace.meanNanos(),
                    sequence.submittedNanos()))
        .filter(predicted -> predicted.compareTo(target.orElseThrow()) > 0)
        .map(
            predicted ->
                new Submission.TooLate(
                    predicted, CompletionPace.wholeSeconds(predicted.minus(target.orElseThrow()))));
  }

  /** Asks for the end of a request; once is enough, more have no effect. */
  void cancel(EngineSequence sequence) {
    lock.lock();
    try {
      if (!sequence.cancelled() && !closed) {
        sequence.markCancelled();
        cancellations.add(sequence);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Refuses new requests and tells the engine's thread to end. Idempotent. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves what came into the given collections; called by the engine's thread.
   *
   * @param wait sleep until something comes
   * @return false once the queue is closed
   */
  boolean take(
      Collection<EngineSequence> newArrivals,
      Collection<EngineSequence> newCancellations,
      boolean wait) {
    lock.lock();
    try {
      while (wait && !closed && arrivals.isEmpty() && cancellations.isEmpty()) {
        changed.awaitUninterruptibly();
      }
      newArrivals.addAll(arrivals);
      newCancellations.addAll(cancellations);
      arrivals.clear();
      arrivedTokens = 0;
      cancellations.clear();
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Makes the place of a request free, before its caller hears of its end. */
  void ended(EngineSequence sequence, long nowNanos) {
    lock.lock();
    try {
      open--;
      pace.ended(sequence.submittedNanos(), nowNanos);
    } finally {
      lock.unlock();
    }
  }

  /** Tells how many requests take part in steps now, what they hold, and what is to come. */
  void publish(int nowRunning, long nowCacheTokensUsed, QueueForecast newForecast) {
    lock.lock();
    try {
      running = nowRunning;
      cacheTokensUsed = nowCacheTokensUsed;
      forecast = newForecast;
    } finally {
      lock.unlock();
    }
  }

  EngineLoad load() {
    lock.lock();
    try {
      return new EngineLoad(
          running,
          open - running,
          cacheTokensUsed,
          cacheTokensCapacity,
          forecast.queuedTokens() + arrivedTokens,
          forecast.backlog());
    } finally {
      lock.unlock();
    }
  }
}
