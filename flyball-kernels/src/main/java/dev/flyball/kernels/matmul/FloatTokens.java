package dev.flyball.kernels.matmul;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Activations in the tiles of {@link FloatLayout}. */
final class FloatTokens implements TileTokens {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  FloatTokens(int maxTokens, int maxColumns) {
    memory = arena.allocate(4L * maxTokens * FloatLayout.paddedColumns(maxColumns), 64);
  }

  @Override
  public long tileAddress(int first, int columns) {
    return memory.address() + 4L * firstIndex(first, columns);
  }

  private static long firstIndex(int first, int columns) {
    return (long) first * FloatLayout.paddedColumns(columns);
  }

  @Override
  public void fill(
      float[] x,
      RowGroups rows,
      int columns,
      int from,
      int end,
      int first,
      int size,
      MemorySegment parameters) {
    long at = firstIndex(first, columns);
    for (int t = 0; t < size; t++) {
      int row = rows.row(first + t) * columns;
      for (int c = from; c < end; c++) {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, at + (long) c * size + t, x[row + c]);
      }
      for (int c = columns; end == columns && c < FloatLayout.paddedColumns(columns); c++) {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, at + (long) c * size + t, 0);
      }
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
