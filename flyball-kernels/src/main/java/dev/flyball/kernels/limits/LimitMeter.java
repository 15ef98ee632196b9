package dev.flyball.kernels.limits;

import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Measures {@link MachineLimits} on a team's threads, each figure the median of several runs. Not
 * thread-safe.
 */
public final class LimitMeter implements AutoCloseable {
  /** Memory that is read in one run: several times the largest caches, or most of what they see. */
  private static final long READ_BYTES = 512L << 20;

  /** Memory that one call reads: some 100 microseconds. */
  private static final long PIECE_BYTES = 1L << 20;

  /** Rounds of one call of the dot-product kernel: some 100 microseconds. */
  private static final int PIECE_ROUNDS = 30_000;

  /** Calls for each thread in one run. */
  private static final int PIECES_PER_THREAD = 100;

  private static final int RUNS = 5;

  private final WorkerTeam team;
  private final ReadKernel readKernel;
  private final DotProductKernel dotKernel;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment[] scratch;

  /**
   * @param team whose threads are measured; stays the caller's
   */
  public LimitMeter(InstructionSet level, WorkerTeam team) {
    this.team = team;
    readKernel = new ReadKernel(level);
    dotKernel = new DotProductKernel(level);
    scratch = new MemorySegment[team.size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = arena.allocate(128, 64);
    }
  }

  /** Measures both, in about half a second; takes 512 MiB of memory meanwhile. */
  public MachineLimits measure() {
    return new MachineLimits(readBytesPerSecond(), multiplyAddsPerSecond());
  }

  private double readBytesPerSecond() {
    try (Arena memory = Arena.ofShared()) {
      MemorySegment buffer = memory.allocate(READ_BYTES, 4096);
      int pieces = (int) (READ_BYTES / PIECE_BYTES);
      return READ_BYTES
          / medianSeconds(
              pieces,
              (piece, worker) ->
                  readKernel.sum(
                      buffer.asSlice(piece * PIECE_BYTES, PIECE_BYTES), scratch[worker]));
    }
  }

  private double multiplyAddsPerSecond() {
    int pieces = PIECES_PER_THREAD * team.size();
    double multiplyAdds = (double) pieces * PIECE_ROUNDS * dotKernel.multiplyAddsPerRound();
    return multiplyAdds
        / medianSeconds(pieces, (_, worker) -> dotKernel.sum(PIECE_ROUNDS, scratch[worker]));
  }

  private double medianSeconds(int pieces, WorkerTeam.Piece piece) {
    long[] nanos = new long[RUNS];
    for (int run = 0; run < RUNS; run++) {
      long begin = System.nanoTime();
      team.run(pieces, piece);
      nanos[run] = System.nanoTime() - begin;
    }
    Arrays.sort(nanos);
    return nanos[RUNS / 2] / 1e9;
  }

  @Override
  public void close() {
    readKernel.close();
    dotKernel.close();
    arena.close();
  }
}
