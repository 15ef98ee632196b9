package dev.flyball.engine.model;

/**
 * Vectors that stand in a text in place of embedded tokens, one for each position, and see each
 * other: an image. Read by several threads, written by none.
 */
public final class EmbeddedSpan {
  static final EmbeddedSpan NONE = new EmbeddedSpan(0, 0, new float[0]);

  private final int first;
  private final int length;
  private final float[] rows;

  /**
   * @param first position of the first vector in its text
   * @param length how many there are
   * @param rows (length, columns), as they go into the first layer; not to change
   */
  public EmbeddedSpan(int first, int length, float[] rows) {
    if (first < 0 || length < 0 || (length > 0 && rows.length % length != 0)) {
      throw new IllegalArgumentException(
          length + " vectors from position " + first + " of " + rows.length + " values");
    }
    this.first = first;
    this.length = length;
    this.rows = rows;
  }

  /** Position of the first vector. */
  public int first() {
    return first;
  }

  /** The position behind the last vector. */
  public int end() {
    return first + length;
  }

  boolean isNone() {
    return length == 0;
  }

  void requireHas(int position) {
    if (position < first || position >= end()) {
      throw new IllegalArgumentException(
          "position %d is not in the span of %d to %d".formatted(position, first, end()));
    }
  }

  /** Copies the vector of a position to {@code out} from an offset. */
  void copyRow(int position, float[] out, int offset) {
    int columns = rows.length / length;
    System.arraycopy(rows, (position - first) * columns, out, offset, columns);
  }
}
