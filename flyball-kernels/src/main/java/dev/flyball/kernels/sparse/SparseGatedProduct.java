package dev.flyball.kernels.sparse;

import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.InputFinish;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A gated feed forward network for one token, of whose up and down matrices only those neurons are
 * read whose gate is open: {@code out = sum over i with |gate[i]| >= threshold of gate[i] *
 * (up[i] @ x) * down[:, i]}.
 *
 * <p>Neurons are computed in chunks, each from its gates to its part of the result, so that the
 * team meets twice: for these, and to add them up. Chunks do not depend on the number of threads,
 * nor does the result.
 *
 * <p>Holds kernels and scratch; used by one thread at a time, which calls in the team.
 */
public final class SparseGatedProduct implements AutoCloseable {
  /** Parts of the result that are added up, about: enough for a team to share them evenly. */
  private static final int CHUNKS = 32;

  private static final int FEWEST_NEURONS = 128;
  private static final int MOST_NEURONS = 512;

  /** Rows of the result that a piece of the last addition has. */
  static final int ADDED_TOGETHER = 512;

  private final WorkerTeam team;
  private final NeuronKernels kernels;
  private final LaneInput input = new LaneInput();
  private final Arena arena = Arena.ofShared();
  private final ChunkWorker[] workers;
  private final WorkerTeam.Piece computeChunk = this::computeChunk;
  private final WorkerTeam.Piece addChunks = this::addChunks;

  // The call under way.
  private @Nullable SparseMatrices matrices;
  private InputFinish activate = (_, _, _, _) -> {};
  private MemorySegment rowDot = MemorySegment.NULL;
  private MemorySegment columnSum = MemorySegment.NULL;
  private float[] gate = new float[0];
  private float[] out = new float[0];

  /** The chunks' parts of the result, on whole lines of the cache. */
  private MemorySegment sums = MemorySegment.NULL;

  private int chunkNeurons;
  private int chunks;
  private float threshold;

  public SparseGatedProduct(InstructionSet level, WorkerTeam team) {
    this.team = team;
    kernels = new NeuronKernels(level);
    workers = new ChunkWorker[team.size()];
    Arrays.setAll(workers, _ -> new ChunkWorker(arena, MOST_NEURONS));
  }

  /**
   * Computes the matrices.
   *
   * @param x the token's input in its first values
   * @param gate the products of the gate's matrix in its first values
   * @param activate activates some of the gates in place, as row 0
   * @param threshold of the magnitude of an activated gate
   * @param out the result in its first values; overwritten
   * @return neurons that were skipped
   */
  public long apply(
      SparseMatrices matrices,
      float[] x,
      float[] gate,
      InputFinish activate,
      float threshold,
      float[] out) {
    this.matrices = matrices;
    this.gate = gate;
    this.activate = activate;
    this.threshold = threshold;
    this.out = out;
    int neurons = matrices.up().neurons();
    int even = Math.ceilDiv(Math.ceilDiv(neurons, CHUNKS), EightBits.BLOCK) * EightBits.BLOCK;
    chunkNeurons = Math.clamp(even, FEWEST_NEURONS, MOST_NEURONS);
    chunks = Math.ceilDiv(neurons, chunkNeurons);
    long needed = (long) chunks * matrices.down().paddedRows() * Float.BYTES;
    if (sums.byteSize() < needed) {
      sums = arena.allocate(needed, NeuronFormat.VECTOR);
    }
    rowDot = kernels.rowDot(matrices.up().format());
    columnSum = kernels.columnSum(matrices.down().format());
    input.fill(matrices.up(), x, 0);
    team.run(chunks, computeChunk);
    team.run(Math.ceilDiv(matrices.down().rows(), ADDED_TOGETHER), addChunks);
    long skipped = neurons;
    for (ChunkWorker worker : workers) {
      skipped -= worker.takeOpenNeurons();
    }
    return skipped;
  }

  private void computeChunk(int chunk, int workerIndex) {
    SparseMatrices called = Objects.requireNonNull(matrices);
    int from = chunk * chunkNeurons;
    int end = Math.min(called.up().neurons(), from + chunkNeurons);
    long bytes = (long) called.down().paddedRows() * Float.BYTES;
    long part = chunk * bytes;
    ChunkWorker worker = workers[workerIndex];
    for (long at = part; at < part + bytes; at += Long.BYTES) {
      sums.set(ValueLayout.JAVA_LONG, at, 0);
    }
    activate.finish(0, from, end, workerIndex);
    if (worker.choose(gate, from, end - from, threshold)) {
      worker.multiplyUp(called.up(), from, input, rowDot);
      if (called.upBias().isPresent()) {
        worker.addBias(called.upBias().get(), from);
      }
      worker.gate(gate, from, end - from);
      worker.addDown(called.down(), from, end - from, sums.address() + part, columnSum);
    }
  }

  private void addChunks(int piece, int workerIndex) {
    NeuronColumns down = Objects.requireNonNull(matrices).down();
    int from = piece * ADDED_TOGETHER;
    int count = Math.min(down.rows() - from, ADDED_TOGETHER);
    Arrays.fill(out, from, from + count, 0);
    for (int chunk = 0; chunk < chunks; chunk++) {
      workers[workerIndex].add(sums, (long) chunk * down.paddedRows() + from, out, from, count);
    }
  }

  @Override
  public void close() {
    kernels.close();
    input.close();
    arena.close();
  }
}
