package dev.flyball.kernels;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads that share out the pieces of one computation. The thread that calls
 * {@link #run} works too, as worker 0; the others are daemons that wait in between, spinning for
 * some microseconds and then parked.
 *
 * <p>Pieces are claimed one at a time from a counter, so a slow core does not hold back the rest.
 * What was written before {@code run} is seen by every piece, and what pieces wrote is seen after
 * it. {@code run} is for one thread at a time and not from within a piece; {@code close} is for any
 * thread.
 */
public final class WorkerTeam implements AutoCloseable {
  /** How often a waiting thread looks before it parks: about 30 microseconds. */
  private static final int SPINS = 2000;

  private final TeamThread[] others;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile @Nullable Job current;
  private volatile boolean closed;

  /** One piece of a computation. */
  @FunctionalInterface
  public interface Piece {
    /**
     * @param index which piece
     * @param worker who runs it, from 0 to {@link WorkerTeam#size()} - 1: nobody else has this
     *     number at the same time
     */
    void run(int index, int worker);
  }

  /**
   * @param name what the threads are called, followed by their number
   * @param threads size of the team, the calling thread included; 0 is one for each processor that
   *     this process may use
   */
  public WorkerTeam(String name, int threads) {
    if (threads < 0) {
      throw new IllegalArgumentException("a team of " + threads + " threads");
    }
    int size = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    others = new TeamThread[size - 1];
    for (int i = 0; i < others.length; i++) {
      others[i] = new TeamThread(name + "-" + (i + 1), i + 1);
    }
    for (TeamThread other : others) {
      other.thread.start();
    }
  }

  /** Number of workers, the calling thread included. */
  public int size() {
    return others.length + 1;
  }

  /**
   * Runs the pieces 0 to {@code pieces - 1} and returns when all are done. Where one throws, pieces
   * not yet begun are left out and the first throwable is thrown on.
   *
   * @throws IllegalStateException while another run is under way, or after {@link #close()}
   */
  public void run(int pieces, Piece piece) {
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException("the team works on something else");
    }
    try {
      if (closed) {
        throw new IllegalStateException("the team is closed");
      }
      if (others.length == 0 || pieces <= 1) {
        for (int i = 0; i < pieces; i++) {
          piece.run(i, 0);
        }
      } else {
        share(new Job(pieces, piece, Thread.currentThread()));
      }
    } finally {
      busy.set(false);
    }
  }

  private void share(Job job) {
    current = job;
    for (TeamThread other : others) {
      if (other.parked) {
        LockSupport.unpark(other.thread);
      }
    }
    job.work(0);
    job.awaitEnd();
    current = null;
    job.rethrow();
  }

  /** Ends the threads; a run under way is finished first. Idempotent. */
  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    for (TeamThread other : others) {
      LockSupport.unpark(other.thread);
      while (other.thread.isAlive()) {
        try {
          other.thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A thread of the team other than the calling one. */
  private final class TeamThread {
    private final Thread thread;
    private final int worker;
    private volatile boolean parked;

    TeamThread(String name, int worker) {
      this.worker = worker;
      this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::serve);
    }

    private void serve() {
      Job last = null;
      while (true) {
        Job job = awaitJobAfter(last);
        if (job == null) {
          return;
        }
        job.work(worker);
        last = job;
      }
    }

    /** The next job, or null when the team is closed. */
    private @Nullable Job awaitJobAfter(@Nullable Job last) {
      int spins = 0;
      while (true) {
        Job job = current;
        if (job != null && job != last) {
          return job;
        }
        if (closed) {
          return null;
        }
        if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          parkUnlessJobAfter(last);
        }
      }
    }

    /** Raises the flag before it looks again: a job set in between is seen here or unparks us. */
    private void parkUnlessJobAfter(@Nullable Job last) {
      parked = true;
      Job job = current;
      if ((job == null || job == last) && !closed) {
        LockSupport.park(WorkerTeam.this);
      }
      parked = false;
    }
  }

  /** One call of {@link #run}. A thread that comes late finds nothing left to claim. */
  private static final class Job {
    private final int pieces;
    private final Piece piece;
    private final Thread caller;
    private final AtomicInteger claimed = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean callerParked;

    Job(int pieces, Piece piece, Thread caller) {
      this.pieces = pieces;
      this.piece = piece;
      this.caller = caller;
    }

    void work(int worker) {
      for (int i = claimed.getAndIncrement(); i < pieces; i = claimed.getAndIncrement()) {
        runPiece(i, worker);
        if (finished.incrementAndGet() == pieces && callerParked) {
          LockSupport.unpark(caller);
        }
      }
    }

    private void runPiece(int index, int worker) {
      if (failure.get() != null) {
        return;
      }
      try {
        piece.run(index, worker);
      } catch (Throwable t) {
        failure.compareAndSet(null, t);
      }
    }

    void awaitEnd() {
      int spins = 0;
      boolean interrupted = false;
      while (finished.get() < pieces) {
        if (++spins < SPINS) {
          Thread.onSpinWait();
          continue;
        }
        callerParked = true;
        if (finished.get() < pieces) {
          LockSupport.park(this);
        }
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    void rethrow() {
      switch (failure.get()) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable t -> throw new IllegalStateException("a piece threw a checked exception", t);
      }
    }
  }
}
