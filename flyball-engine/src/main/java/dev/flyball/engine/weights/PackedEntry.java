package dev.flyball.engine.weights;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.matmul.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/**
 * One matrix in a file of packed weights.
 *
 * @param mark a checksum of pieces of the stored matrix, which tells it from others of its shape
 * @param offsetBytes from the beginning of the contents; 64-byte aligned
 */
record PackedEntry(TensorType type, int rows, int columns, int mark, long offsetBytes) {
  /** Bytes of an entry in the file. */
  static final int BYTES = 24;

  private static final long MARK_PIECE_BYTES = 256;

  static PackedEntry of(StoredMatrix stored, long offsetBytes) {
    return new PackedEntry(
        stored.type(), stored.rows(), stored.columns(), mark(stored), offsetBytes);
  }

  boolean isOf(StoredMatrix stored) {
    return equals(of(stored, offsetBytes));
  }

  long bytes() {
    return PackedMatrix.bytes(type, rows, columns);
  }

  private static int mark(StoredMatrix stored) {
    long bytes = stored.type().bytesFor(stored.columns()) * stored.rows();
    MemorySegment data = stored.data();
    CRC32C checksum = new CRC32C();
    for (long at : new long[] {0, bytes / 3, bytes * 2 / 3, bytes - MARK_PIECE_BYTES}) {
      long from = Math.max(0, at);
      long length = Math.min(MARK_PIECE_BYTES, bytes - from);
      checksum.update(data.asSlice(from, length).asByteBuffer());
    }
    return (int) checksum.getValue();
  }
}
