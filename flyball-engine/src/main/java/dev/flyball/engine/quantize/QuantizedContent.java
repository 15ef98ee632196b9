package dev.flyball.engine.quantize;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.engine.gguf.TensorContent;
import dev.flyball.kernels.BlockDecoder;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.quantize.BlockEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongConsumer;

/**
 * Encodes a tensor piece by piece while it is written: memory does not grow with its size. Pieces
 * of a round are shared out among the team.
 */
final class QuantizedContent implements TensorContent {
  /** A multiple of every block, and enough work to be worth sharing out. */
  private static final int PIECE_VALUES = 1 << 16;

  private static final int PIECES_PER_WORKER = 4;
  private static final int COPIED_BYTES = 1 << 20;

  private final PlannedTensor planned;
  private final WorkerTeam team;
  private final LongConsumer sourceBytesDone;

  /**
   * @param sourceBytesDone hears after every round how many more bytes of the source are done
   */
  QuantizedContent(PlannedTensor planned, WorkerTeam team, LongConsumer sourceBytesDone) {
    this.planned = planned;
    this.team = team;
    this.sourceBytesDone = sourceBytesDone;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    if (planned.isChanged()) {
      encode(out);
    } else {
      copy(out);
    }
  }

  private void copy(OutputStream out) throws IOException {
    MemorySegment data = planned.source().data();
    long bytes = planned.targetBytes();
    for (long at = 0; at < bytes; at += COPIED_BYTES) {
      long length = Math.min(COPIED_BYTES, bytes - at);
      out.write(data.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
      sourceBytesDone.accept(length);
    }
  }

  private void encode(OutputStream out) throws IOException {
    GgufTensor source = planned.source();
    TensorType target = planned.target();
    int pieceValues = pieceValues();
    int roundPieces = PIECES_PER_WORKER * team.size();
    float[][] values = new float[team.size()][pieceValues];
    byte[] encoded = new byte[Math.toIntExact(target.bytesFor((long) roundPieces * pieceValues))];
    long elements = source.elements();
    for (long first = 0; first < elements; first += (long) roundPieces * pieceValues) {
      long begin = first;
      long length = Math.min((long) roundPieces * pieceValues, elements - first);
      int pieces = (int) Math.ceilDiv(length, pieceValues);
      team.run(
          pieces,
          (piece, worker) -> {
            long offset = (long) piece * pieceValues;
            int count = (int) Math.min(pieceValues, length - offset);
            encodePiece(begin + offset, count, values[worker], encoded, target.bytesFor(offset));
          });
      out.write(encoded, 0, (int) target.bytesFor(length));
      sourceBytesDone.accept(source.type().bytesFor(length));
    }
  }

  /** Whole rows, where columns have their importance. */
  private int pieceValues() {
    if (planned.importance().isEmpty()) {
      return PIECE_VALUES;
    }
    long row = planned.source().rowLength();
    return Math.toIntExact(Math.max(1, PIECE_VALUES / row) * row);
  }

  private void encodePiece(long first, int count, float[] values, byte[] encoded, long to) {
    GgufTensor source = planned.source();
    BlockDecoder.decode(
        source.type(), source.data(), source.type().bytesFor(first), values, 0, count);
    try {
      if (planned.importance().isPresent()) {
        encodeRows(planned.importance().get(), first, count, values, encoded, (int) to);
      } else {
        BlockEncoder.encode(planned.target(), values, 0, encoded, (int) to, count);
      }
    } catch (ArithmeticException impossible) {
      throw new EngineException(
          EngineError.INVALID_INPUT,
          "tensor %s cannot be stored as %s: from value %d on, %s"
              .formatted(source.name(), planned.target(), first, impossible.getMessage()),
          impossible);
    }
  }

  private void encodeRows(
      float[][] importance, long first, int count, float[] values, byte[] encoded, int to) {
    GgufTensor source = planned.source();
    int columns = (int) source.rowLength();
    long matrixValues = source.elements() / importance.length;
    int rowBytes = (int) planned.target().bytesFor(columns);
    for (int row = 0; row < count / columns; row++) {
      long at = first + (long) row * columns;
      BlockEncoder.encodeRow(
          planned.target(),
          values,
          row * columns,
          encoded,
          to + row * rowBytes,
          columns,
          importance[(int) (at / matrixValues)]);
    }
  }
}
