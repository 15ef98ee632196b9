package dev.flyball.engine.weights;

import dev.flyball.engine.gguf.FileRange;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.matmul.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The matrices of an expert, which are brought into memory together. Immutable. */
final class StoredExpert {
  private static final long ALIGNMENT_BYTES = 64;

  /**
   * A matrix of the expert.
   *
   * @param range where it is stored
   * @param offsetBytes where its panels begin in the expert's memory
   */
  record Part(TensorType type, int rows, int columns, FileRange range, long offsetBytes) {
    long packedBytes() {
      return PackedMatrix.bytes(type, rows, columns);
    }

    long rowBytes() {
      return type.bytesFor(columns);
    }

    /** The matrix in an expert's memory, packed or to be packed. */
    PackedMatrix in(MemorySegment memory) {
      return PackedMatrix.of(type, rows, columns, memory.asSlice(offsetBytes, packedBytes()));
    }
  }

  private final List<Part> parts = new ArrayList<>();
  private long bytes;

  StoredExpert(ExpertStorage storage, List<StoredMatrix> matrices) {
    for (StoredMatrix matrix : matrices) {
      long stored = matrix.type().bytesFor(matrix.columns()) * matrix.rows();
      FileRange range = storage.file().rangeOf(matrix.data().asSlice(0, stored));
      Part part = new Part(matrix.type(), matrix.rows(), matrix.columns(), range, bytes);
      parts.add(part);
      bytes += Math.ceilDiv(part.packedBytes(), ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    }
  }

  List<Part> parts() {
    return parts;
  }

  /** Of all its panels. */
  long bytes() {
    return bytes;
  }
}
