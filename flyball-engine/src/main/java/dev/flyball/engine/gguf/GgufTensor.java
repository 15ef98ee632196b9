package dev.flyball.engine.gguf;

import dev.flyball.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor of a GGUF file.
 *
 * @param shape lengths in ggml's order: the first is the length of a row, whose values are adjacent
 * @param data the encoded values, row by row; readable until the file is closed
 */
public record GgufTensor(String name, TensorType type, List<Long> shape, MemorySegment data) {
  public GgufTensor {
    shape = List.copyOf(shape);
  }

  /** Values in a row. */
  public long rowLength() {
    return shape.getFirst();
  }

  /** Number of rows: the product of all lengths but the first. */
  public long rows() {
    return elements() / rowLength();
  }

  /** Number of values. */
  public long elements() {
    long product = 1;
    for (long length : shape) {
      product *= length;
    }
    return product;
  }
}
