package dev.flyball.engine.weights;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.MatrixPacker;
import dev.flyball.kernels.matmul.PackedMatrix;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The packed matrices of one model, taken one after the other while it is loaded, always in the
 * same order: mapped from a file of an earlier start, or packed into memory of their own. Used by
 * the thread that loads; matrices live until this is closed.
 */
public final class PackedWeights implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(PackedWeights.class.getName());

  private final Arena arena = Arena.ofShared();
  private final WeightMemory memory;
  private final MatrixPacker packer;
  private final Optional<WeightsFile> file;
  private final Optional<CachedWeights> cached;
  private final Optional<WeightsWriter> writer;
  private boolean differs;
  private boolean complete;

  /**
   * @param file where packed weights are kept from start to start; nothing: not at all
   * @param level what packs
   */
  public PackedWeights(Optional<WeightsFile> file, InstructionSet level, WorkerTeam team) {
    this.file = file;
    memory = new WeightMemory(arena, team);
    packer = new MatrixPacker(level, team);
    cached = file.flatMap(f -> f.open(team));
    writer = cached.isPresent() ? Optional.empty() : file.map(WeightsWriter::new);
  }

  /** The next matrix of the model, packed. */
  public PackedMatrix next(StoredMatrix stored) {
    Optional<PackedMatrix> known = cached.flatMap(weights -> weights.next(stored));
    if (known.isPresent()) {
      return known.get();
    }
    if (cached.isPresent() && !differs) {
      differs = true;
      file.ifPresent(PackedWeights::discard);
    }
    long bytes = PackedMatrix.bytes(stored.type(), stored.rows(), stored.columns());
    MemorySegment target = memory.take(bytes);
    writer.ifPresent(w -> w.add(stored, target));
    return packer.pack(stored, target);
  }

  /** Zeroed memory for weights in another layout, which lives until this is closed. */
  public MemorySegment take(long bytes) {
    return memory.take(bytes);
  }

  private static void discard(WeightsFile file) {
    LOG.log(
        Level.WARNING,
        "{0} holds other matrices than the model is made of now; it is deleted, and written again at"
            + " the next start",
        file.path());
    file.delete();
  }

  /**
   * Says that {@link #next} will not be called again; what was packed is written to its file by a
   * thread of its own. Calls after the first do nothing.
   */
  public void complete() {
    if (!complete) {
      complete = true;
      writer.ifPresent(WeightsWriter::start);
    }
  }

  /** Waits until a file that is being written is whole. */
  @Override
  public void close() {
    writer.ifPresent(WeightsWriter::awaitEnd);
    cached.ifPresent(CachedWeights::close);
    packer.close();
    arena.close();
  }
}
