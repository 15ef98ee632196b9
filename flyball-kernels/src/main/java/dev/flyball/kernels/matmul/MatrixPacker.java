package dev.flyball.kernels.matmul;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Map;

/**
 * Packs stored matrices for the kernels, the panels of a matrix shared out among the team: by
 * generated code, and by plain Java what that does not take: a matrix' last panel where it is not
 * whole, rows of floats of odd lengths, and data on the Java heap.
 *
 * <p>Used by one thread at a time, which calls in the team.
 */
public final class MatrixPacker implements AutoCloseable {
  /** Packed bytes of a piece of work. */
  private static final long PIECE_BYTES = 256 << 10;

  /** Packed bytes between two looks at what can leave memory. */
  private static final long STRETCH_BYTES = 32 << 20;

  private final InstructionSet level;
  private final WorkerTeam team;
  private final Map<TensorType, ExecutableMemory> kernels = new EnumMap<>(TensorType.class);
  private final Arena arena = Arena.ofShared();
  private final MemorySegment[] parameters;

  public MatrixPacker(InstructionSet level, WorkerTeam team) {
    this.level = level;
    this.team = team;
    parameters = new MemorySegment[team.size()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = arena.allocate(8L * PackKernel.COUNT, 64);
    }
  }

  /**
   * Packs a matrix. Where its data is a file mapped read-only, its pages leave this process's
   * memory as soon as they are packed, so that no more than {@value #STRETCH_BYTES} bytes are there
   * twice.
   *
   * @param target where to, {@link PackedMatrix#bytes} long, native and 64-byte aligned; becomes
   *     the matrix' own
   */
  public PackedMatrix pack(StoredMatrix stored, MemorySegment target) {
    Panels format = Panels.of(stored.type());
    long panelBytes = format.panelBytes(stored.columns());
    int stretch = (int) Math.max(1, STRETCH_BYTES / panelBytes) * Panels.ROWS;
    for (int first = 0; first < stored.rows(); first += stretch) {
      int rows = Math.min(stretch, stored.rows() - first);
      StoredMatrix part = stored.rows(first, rows);
      packStretch(part, format, target.asSlice(first / Panels.ROWS * panelBytes));
      if (part.data().isMapped() && part.data().isReadOnly()) {
        part.data().unload();
      }
    }
    return new PackedMatrix(format, target, stored.rows(), stored.columns());
  }

  private void packStretch(StoredMatrix stored, Panels format, MemorySegment target) {
    int whole = isTakenByKernel(stored) ? stored.rows() / Panels.ROWS : 0;
    if (whole > 0) {
      packByKernel(stored, format, whole, target);
    }
    PlainPacking plain = new PlainPacking(format, stored, target);
    int panels = Math.ceilDiv(stored.rows(), Panels.ROWS);
    team.run(panels - whole, (panel, _) -> plain.pack(whole + panel));
  }

  private static boolean isTakenByKernel(StoredMatrix stored) {
    return stored.data().isNative()
        && (stored.type().blockElements() > 1
            || stored.type().bytesFor(stored.columns()) % FloatPackKernel.ROW_BYTES_PER_BLOCK == 0);
  }

  private void packByKernel(StoredMatrix stored, Panels format, int panels, MemorySegment target) {
    MemorySegment entry = kernel(format).entry();
    long rowBytes = stored.type().bytesFor(stored.columns());
    long panelBytes = format.panelBytes(stored.columns());
    long blocks =
        switch (format) {
          case CodePanels codes -> stored.columns() / codes.superColumns();
          case FloatPanels _ -> rowBytes / FloatPackKernel.ROW_BYTES_PER_BLOCK;
        };
    int perPiece = (int) Math.max(1, PIECE_BYTES / panelBytes);
    team.run(
        Math.ceilDiv(panels, perPiece),
        (piece, worker) -> {
          int end = Math.min(panels, (piece + 1) * perPiece);
          MemorySegment block = parameters[worker];
          set(block, PackKernel.ROW_BYTES, rowBytes);
          set(block, PackKernel.BLOCKS, blocks);
          for (int panel = piece * perPiece; panel < end; panel++) {
            long firstRow = (long) panel * Panels.ROWS;
            set(block, PackKernel.SOURCE, stored.data().address() + firstRow * rowBytes);
            set(block, PackKernel.PANEL, target.address() + panel * panelBytes);
            NativeCode.call(entry, block.address());
          }
        });
  }

  private static void set(MemorySegment parameters, int parameter, long value) {
    parameters.setAtIndex(ValueLayout.JAVA_LONG, parameter, value);
  }

  private ExecutableMemory kernel(Panels format) {
    return kernels.computeIfAbsent(
        format.type(),
        _ -> ExecutableMemory.require(PackKernel.generate(level.newKernel(0), format)));
  }

  @Override
  public void close() {
    kernels.values().forEach(ExecutableMemory::close);
    arena.close();
  }

  /** Packs panels one at a time in plain Java. */
  private record PlainPacking(Panels format, StoredMatrix stored, MemorySegment target) {
    void pack(int panel) {
      int rowBytes = Math.toIntExact(stored.type().bytesFor(stored.columns()));
      int first = panel * Panels.ROWS;
      int count = Math.min(Panels.ROWS, stored.rows() - first);
      byte[] rows = new byte[count * rowBytes];
      MemorySegment.copy(
          stored.data(), ValueLayout.JAVA_BYTE, (long) first * rowBytes, rows, 0, rows.length);
      byte[] packed = new byte[Math.toIntExact(format.panelBytes(stored.columns()))];
      format.newPacker().pack(rows, count, stored.columns(), packed);
      long to = (long) panel * packed.length;
      MemorySegment.copy(packed, 0, target, ValueLayout.JAVA_BYTE, to, packed.length);
    }
  }
}
