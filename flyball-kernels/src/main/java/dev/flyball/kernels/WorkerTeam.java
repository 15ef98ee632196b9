package dev.flyball.kernels;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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

  private static final Piece NOTHING = (_, _) -> {};

  private final TeamThread[] others;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile boolean closed;

  /**
   * The number of the run in the high half, the pieces of it that nobody claimed yet in the low
   * one. What describes a run is written before its number and holds until its last claimed piece
   * is finished, so whoever claims a piece reads what belongs to it.
   */
  private final AtomicLong claims = new AtomicLong();

  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private Piece piece = NOTHING;
  private int pieces;
  private Thread caller = Thread.currentThread();
  private volatile boolean callerParked;

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
        share(pieces, piece);
      }
    } finally {
      busy.set(false);
    }
  }

  private void share(int pieces, Piece piece) {
    this.pieces = pieces;
    this.piece = piece;
    caller = Thread.currentThread();
    callerParked = false;
    finished.set(0);
    int run = latestRun() + 1;
    claims.set((long) run << 32 | pieces);
    for (TeamThread other : others) {
      if (other.parked) {
        LockSupport.unpark(other.thread);
      }
    }
    work(run, 0);
    awaitEnd(pieces);
    this.piece = NOTHING;
    Throwable thrown = failure.getAndSet(null);
    if (thrown != null) {
      rethrow(thrown);
    }
  }

  private int latestRun() {
    return (int) (claims.get() >>> 32);
  }

  /** Works on a run until nothing of it is left to claim; at once where it is over. */
  private void work(int run, int worker) {
    for (int index = claim(run); index >= 0; index = claim(run)) {
      int all = pieces;
      Thread waiting = caller;
      runPiece(index, worker);
      if (finished.incrementAndGet() == all && callerParked) {
        LockSupport.unpark(waiting);
      }
    }
  }

  /** The next piece of a run, or -1. */
  private int claim(int run) {
    long seen = claims.get();
    while ((int) (seen >>> 32) == run && (int) seen > 0) {
      if (claims.compareAndSet(seen, seen - 1)) {
        return pieces - (int) seen;
      }
      seen = claims.get();
    }
    return -1;
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

  private void awaitEnd(int pieces) {
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

  private static void rethrow(Throwable thrown) {
    switch (thrown) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException("a piece threw a checked exception", thrown);
    }
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
      int last = 0;
      while (awaitRunAfter(last)) {
        last = latestRun();
        work(last, worker);
      }
    }

    /** Whether there is another run, once there is one or the team is closed. */
    private boolean awaitRunAfter(int last) {
      int spins = 0;
      while (latestRun() == last) {
        if (closed) {
          return false;
        }
        if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          parkUnlessRunAfter(last);
        }
      }
      return true;
    }

    /** Raises the flag before it looks again: a run begun in between is seen here or unparks us. */
    private void parkUnlessRunAfter(int last) {
      parked = true;
      if (latestRun() == last && !closed) {
        LockSupport.park(WorkerTeam.this);
      }
      parked = false;
    }
  }
}
