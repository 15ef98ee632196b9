package dev.flyball.engine.schedule;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Decides what every step computes. Sequences join and leave between any two steps.
 *
 * <p>Pure: no clock, no threads, no I/O; time comes in as a number of nanoseconds that never falls.
 * Not thread-safe.
 *
 * @param <S> the sequences, told apart by identity
 */
public sealed interface StepScheduler<S extends ScheduledSequence>
    permits AdaptiveScheduler, FcfsScheduler, WholeTextScheduler {

  /**
   * A scheduler without sequences.
   *
   * @param freeTokens how many more tokens the memory has room for now
   */
  static <S extends ScheduledSequence> StepScheduler<S> of(
      SchedulingPolicy policy, SchedulerLimits limits, LongSupplier freeTokens) {
    return switch (policy) {
      case ADAPTIVE -> new AdaptiveScheduler<>(limits, freeTokens);
      case CONTINUOUS -> FcfsScheduler.continuous(limits);
      case FCFS -> FcfsScheduler.rigid(limits);
    };
  }

  /**
   * Takes a new sequence in.
   *
   * @throws IllegalStateException where it is here already
   */
  void add(S sequence, long nowNanos);

  /**
   * Takes a sequence out, wherever it is: finished, cancelled or failed. Its memory is the caller's
   * to free.
   *
   * @return what was done with it; nothing where it was not here
   */
  Optional<ServiceNotes> remove(S sequence);

  /**
   * Composes the next step; empty where there is nothing to do. Its contents stay until the next
   * call.
   */
  Step<S> next(long nowNanos);

  /** Tells how long a step took that was computed. */
  void ran(Step<S> step, long elapsedNanos);

  /** Sequences whose computing has begun, the oldest first. A snapshot. */
  List<S> running();

  /** Visits the {@link #running} ones in their order; they must neither come nor go meanwhile. */
  void forEachRunning(Consumer<? super S> visitor);

  /** Sequences that wait for their first step, or to begin again, the oldest first. A snapshot. */
  List<S> waiting();

  int runningCount();

  int waitingCount();

  /** How long steps take by all that is known; nothing where no time is looked at. */
  Optional<StepCost> cost();

  /** What a new request has to expect. */
  QueueForecast forecast();
}
