package dev.flyball.kernels.matmul;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.code.LargeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix (rows, columns) in panels of 16 rows, as {@link Panels} says. Immutable; thread-safe as
 * long as its arena lives.
 */
public final class PackedMatrix {
  private final Panels format;
  private final MemorySegment panels;
  private final int rows;
  private final int columns;

  private PackedMatrix(Panels format, MemorySegment panels, int rows, int columns) {
    this.format = format;
    this.panels = panels;
    this.rows = rows;
    this.columns = columns;
  }

  /** Bytes that a packed matrix takes. */
  public static long bytes(TensorType type, int rows, int columns) {
    return Math.ceilDiv(rows, Panels.ROWS) * Panels.of(type).panelBytes(columns);
  }

  /**
   * Packs a stored matrix, its panels shared out among the team.
   *
   * @param arena owns the packed memory
   */
  public static PackedMatrix pack(StoredMatrix stored, Arena arena, WorkerTeam team) {
    TensorType type = stored.type();
    int rows = stored.rows();
    int columns = stored.columns();
    Panels format = Panels.of(type);
    MemorySegment panels = LargeMemory.allocate(arena, bytes(type, rows, columns));
    int rowBytes = Math.toIntExact(type.bytesFor(columns));
    int panelBytes = Math.toIntExact(format.panelBytes(columns));
    Scratch[] scratch = new Scratch[team.size()];
    team.run(
        Math.ceilDiv(rows, Panels.ROWS),
        (panel, worker) -> {
          if (scratch[worker] == null) {
            scratch[worker] = new Scratch(format, rowBytes, panelBytes);
          }
          scratch[worker].pack(stored.data(), panel, rows, columns, panels);
        });
    return new PackedMatrix(format, panels, rows, columns);
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  Panels format() {
    return format;
  }

  int panelCount() {
    return Math.ceilDiv(rows, Panels.ROWS);
  }

  long panelBytes() {
    return format.panelBytes(columns);
  }

  long panelAddress(int panel) {
    return panels.address() + panel * panelBytes();
  }

  /** What one worker packs with. */
  private static final class Scratch {
    private final PanelPacker packer;
    private final int rowBytes;
    private final byte[] stored;
    private final byte[] packed;

    Scratch(Panels format, int rowBytes, int panelBytes) {
      packer = format.newPacker();
      this.rowBytes = rowBytes;
      stored = new byte[Panels.ROWS * rowBytes];
      packed = new byte[panelBytes];
    }

    void pack(MemorySegment source, int panel, int rows, int columns, MemorySegment panels) {
      int first = panel * Panels.ROWS;
      int count = Math.min(Panels.ROWS, rows - first);
      long from = (long) first * rowBytes;
      MemorySegment.copy(source, ValueLayout.JAVA_BYTE, from, stored, 0, count * rowBytes);
      packer.pack(stored, count, columns, packed);
      long to = (long) panel * packed.length;
      MemorySegment.copy(packed, 0, panels, ValueLayout.JAVA_BYTE, to, packed.length);
    }
  }
}
