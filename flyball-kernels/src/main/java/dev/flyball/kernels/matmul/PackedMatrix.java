package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * A matrix (rows, columns) in panels of 16 rows, as {@link Panels} says. Immutable; thread-safe as
 * long as its arena lives.
 */
public final class PackedMatrix {
  /** Changes with the layout of any type's panels: what was packed under another is of no use. */
  public static final int LAYOUT_VERSION = 1;

  /** Rows that are packed together: parts of so many, or a multiple, can be packed alone. */
  public static final int PANEL_ROWS = Panels.ROWS;

  private final Panels format;
  private final MemorySegment panels;
  private final int rows;
  private final int columns;

  PackedMatrix(Panels format, MemorySegment panels, int rows, int columns) {
    this.format = format;
    this.panels = panels;
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * A matrix that was packed before.
   *
   * @param panels what {@link MatrixPacker} made, {@link #bytes} long
   */
  public static PackedMatrix of(TensorType type, int rows, int columns, MemorySegment panels) {
    if (!panels.isNative() || panels.byteSize() < bytes(type, rows, columns)) {
      throw new IllegalArgumentException(
          "(%d, %d) of %s in %d bytes".formatted(rows, columns, type, panels.byteSize()));
    }
    return new PackedMatrix(Panels.of(type), panels, rows, columns);
  }

  /** Bytes that a packed matrix takes. */
  public static long bytes(TensorType type, int rows, int columns) {
    return Math.multiplyExact(
        (long) Math.ceilDiv(rows, Panels.ROWS), Panels.of(type).panelBytes(columns));
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
}
