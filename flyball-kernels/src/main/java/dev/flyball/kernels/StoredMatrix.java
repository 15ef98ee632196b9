package dev.flyball.kernels;

import java.lang.foreign.MemorySegment;

/**
 * A matrix (rows, columns) in the number format of its file, row after row. Immutable; thread-safe
 * as long as its memory lives.
 */
public final class StoredMatrix {
  private final TensorType type;
  private final MemorySegment data;
  private final int rows;
  private final int columns;
  private final long rowBytes;

  /**
   * @param data the encoded values, at least as long as shape and type ask for
   * @throws IllegalArgumentException where the shape does not fit the data or the type's blocks
   */
  public StoredMatrix(TensorType type, MemorySegment data, int rows, int columns) {
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException("a matrix of " + rows + " rows, " + columns + " columns");
    }
    this.type = type;
    this.data = data;
    this.rows = rows;
    this.columns = columns;
    this.rowBytes = type.bytesFor(columns);
    long needed = Math.multiplyExact(rowBytes, (long) rows);
    if (data.byteSize() < needed) {
      throw new IllegalArgumentException(
          rows + " rows of " + columns + " values need " + needed + " B, not " + data.byteSize());
    }
  }

  public TensorType type() {
    return type;
  }

  /** The encoded rows, one after the other. */
  public MemorySegment data() {
    return data;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** The matrix of {@code count} rows from {@code first}, over the same memory. */
  public StoredMatrix rows(int first, int count) {
    MemorySegment part = data.asSlice(first * rowBytes, count * rowBytes);
    return new StoredMatrix(type, part, count, columns);
  }

  /**
   * Decodes {@code count} values of a row from column {@code first} into {@code target}.
   *
   * @param first a multiple of the type's block, as is {@code count}
   */
  public void decode(int row, int first, int count, float[] target, int targetOffset) {
    long offsetBytes = row * rowBytes + type.bytesFor(first);
    BlockDecoder.decode(type, data, offsetBytes, target, targetOffset, count);
  }
}
