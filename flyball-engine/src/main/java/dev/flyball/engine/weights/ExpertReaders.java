package dev.flyball.engine.weights;

import dev.flyball.engine.gguf.FileRange;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.MatrixPacker;
import dev.flyball.kernels.matmul.PackedMatrix;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * Threads that read pieces of experts and pack them: more than there are processors, so that a disk
 * always has several reads to do.
 */
final class ExpertReaders implements AutoCloseable {
  private static final int READERS = 8;

  /** Stored bytes of a piece: a disk is at its full speed, and an expert is shared out. */
  private static final long PIECE_BYTES = 1 << 20;

  private final Map<Path, ModelBytes> files;
  private final Arena arena = Arena.ofShared();
  private final BlockingQueue<Reader> idle = new ArrayBlockingQueue<>(READERS);
  private final ExecutorService threads;
  private final LongAdder readBytes = new LongAdder();

  /** What a thread reads with. */
  private record Reader(MemorySegment room, WorkerTeam alone, MatrixPacker packer) {}

  /**
   * @param parts of all experts that will be read
   */
  ExpertReaders(List<StoredExpert.Part> parts, InstructionSet level) {
    files =
        parts.stream()
            .map(part -> part.range().path())
            .distinct()
            .collect(Collectors.toUnmodifiableMap(path -> path, ModelBytes::open));
    long largest = parts.stream().mapToLong(part -> rows(part) * part.rowBytes()).max().orElse(0);
    for (int i = 0; i < READERS; i++) {
      MemorySegment room =
          arena.allocate(largest + 2 * ModelBytes.ALIGNMENT_BYTES, ModelBytes.ALIGNMENT_BYTES);
      WorkerTeam alone = new WorkerTeam("flyball-expert-packer", 1);
      idle.add(new Reader(room, alone, new MatrixPacker(level, alone)));
    }
    threads =
        Executors.newFixedThreadPool(
            READERS, Thread.ofPlatform().daemon().name("flyball-experts-", 1).factory());
  }

  /** Rows of a piece of a matrix; the last one has what is left. */
  private static long rows(StoredExpert.Part part) {
    long panelBytes = part.rowBytes() * PackedMatrix.PANEL_ROWS;
    return Math.min(part.rows(), Math.max(1, PIECE_BYTES / panelBytes) * PackedMatrix.PANEL_ROWS);
  }

  /** Pieces of a matrix. */
  static int pieces(StoredExpert.Part part) {
    return (int) Math.ceilDiv(part.rows(), rows(part));
  }

  /** Lets an expert be read: its matrices in their order. */
  void read(StoredExpert expert, ExpertArrival arrival) {
    for (int i = 0; i < expert.parts().size(); i++) {
      StoredExpert.Part part = expert.parts().get(i);
      for (int piece = 0; piece < pieces(part); piece++) {
        int matrix = i;
        long firstRow = piece * rows(part);
        threads.execute(() -> read(part, firstRow, matrix, arrival));
      }
    }
  }

  private void read(StoredExpert.Part part, long firstRow, int matrix, ExpertArrival arrival) {
    Reader reader = idle.remove();
    try {
      int rows = (int) Math.min(rows(part), part.rows() - firstRow);
      FileRange range = part.range().part(firstRow * part.rowBytes(), rows * part.rowBytes());
      ModelBytes file = Objects.requireNonNull(files.get(range.path()), "a file of the model");
      StoredMatrix stored =
          new StoredMatrix(part.type(), file.read(range, reader.room()), rows, part.columns());
      long panelBytes = PackedMatrix.bytes(part.type(), PackedMatrix.PANEL_ROWS, part.columns());
      long to = part.offsetBytes() + firstRow / PackedMatrix.PANEL_ROWS * panelBytes;
      long bytes = PackedMatrix.bytes(part.type(), rows, part.columns());
      PackedMatrix _ = reader.packer().pack(stored, arrival.memory().asSlice(to, bytes));
      readBytes.add(range.bytes());
      arrival.pieceCame(matrix);
    } catch (RuntimeException e) {
      arrival.pieceFailed(matrix, e);
    } finally {
      idle.add(reader);
    }
  }

  /** Bytes of all experts read so far. */
  long readBytes() {
    return readBytes.sum();
  }

  /** Whether all files are read past the system's cache of pages. */
  boolean areDirect() {
    return files.values().stream().allMatch(ModelBytes::isDirect);
  }

  /** Waits until nothing is read any more. */
  @Override
  public void close() {
    threads.close();
    for (Reader reader : idle) {
      reader.packer().close();
      reader.alone().close();
    }
    files.values().forEach(ModelBytes::close);
    arena.close();
  }
}
