package dev.flyball.kernels.sparse;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.RowBlocks;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix (rows, neurons) of which single columns are added up: the down projection, turned over.
 * A neuron's column is one stretch of memory. The stored type has a scale for each row and block of
 * neurons, so these lie together, before the columns of their neurons.
 *
 * <pre>
 * group    [scales][mins][column 0] ... [column b-1]    b = 16 or 32 neurons; rows filled up to whole strips of 256
 * scales   a half or float for each row; mins likewise
 * column   for each 128 rows two vectors; byte 4l+i of vector v is row 16 (4v+i) + l; with four bits, v = 0 are low and v = 1 high nibbles of one
 * </pre>
 *
 * Immutable; thread-safe as long as its memory lives.
 */
public final class NeuronColumns {
  /** Rows of a strip. */
  static final int STRIP = 256;

  /** Rows whose codes of four bits fill a vector. */
  private static final int VECTOR_ROWS = 128;

  private final NeuronFormat format;
  private final MemorySegment memory;
  private final int rows;
  private final int neurons;

  private NeuronColumns(NeuronFormat format, MemorySegment memory, int rows, int neurons) {
    this.format = format;
    this.memory = memory;
    this.rows = rows;
    this.neurons = neurons;
  }

  /** Bytes that a matrix takes. */
  public static long bytes(TensorType type, int rows, int neurons) {
    NeuronFormat format = NeuronFormat.of(type);
    return Math.multiplyExact(groupBytes(format, rows), (long) neurons / format.block());
  }

  /**
   * Packs a matrix.
   *
   * @param target {@link #bytes} long, 64-byte aligned, of zeros
   */
  public static NeuronColumns pack(StoredMatrix stored, MemorySegment target, WorkerTeam team) {
    NeuronFormat format = NeuronFormat.of(stored.type());
    NeuronColumns packed = new NeuronColumns(format, target, stored.rows(), stored.columns());
    team.run(
        stored.columns() / format.storedColumns(),
        (piece, _) -> packed.packColumns(stored, piece * format.storedColumns()));
    return packed;
  }

  /** As many columns as a stored block or super-block has. */
  private void packColumns(StoredMatrix stored, int firstNeuron) {
    RowBlocks blocks = new RowBlocks(format.type());
    byte[] source = new byte[format.type().blockBytes()];
    byte[] codes = new byte[format.storedColumns() * columnBytes()];
    long rowBytes = format.type().bytesFor(neurons);
    long at = format.type().bytesFor(firstNeuron);
    int firstGroup = firstNeuron / format.block();
    for (int row = 0; row < rows; row++) {
      long from = at + row * rowBytes;
      MemorySegment.copy(stored.data(), ValueLayout.JAVA_BYTE, from, source, 0, source.length);
      blocks.read(source, 0);
      packRow(blocks, row, codes);
      packScales(blocks, row, firstGroup);
    }
    int groupCodes = format.block() * columnBytes();
    for (int group = 0; group < format.storedColumns() / format.block(); group++) {
      long to = (firstGroup + group) * groupBytes(format, rows) + headBytes(format, rows);
      MemorySegment.copy(codes, group * groupCodes, memory, ValueLayout.JAVA_BYTE, to, groupCodes);
    }
  }

  private void packRow(RowBlocks blocks, int row, byte[] codes) {
    int strip = row / VECTOR_ROWS * format.codeBytes(VECTOR_ROWS);
    int lane = row % NeuronFormat.LANES;
    int part = row % VECTOR_ROWS / NeuronFormat.LANES;
    int vector = part / 4;
    int at = strip + 4 * lane + part % 4;
    for (int i = 0; i < format.storedColumns(); i++) {
      int column = i * columnBytes();
      if (format.bits() == 4) {
        codes[column + at] |= (byte) (blocks.code(i) << (4 * vector));
      } else {
        codes[column + at + vector * NeuronFormat.VECTOR] = (byte) blocks.code(i);
      }
    }
  }

  private void packScales(RowBlocks blocks, int row, int firstGroup) {
    for (int i = 0; i < format.storedColumns() / format.block(); i++) {
      long head = (firstGroup + i) * groupBytes(format, rows);
      long at = head + (long) row * format.scaleBytes();
      ScaleWriter.put(format, memory, at, blocks.scale(i));
      if (format.mins()) {
        ScaleWriter.put(format, memory, at + scalesBytes(), blocks.min(i));
      }
    }
  }

  private static int paddedRows(int rows) {
    return Math.ceilDiv(rows, STRIP) * STRIP;
  }

  private static int headBytes(NeuronFormat format, int rows) {
    return paddedRows(rows) * format.scaleBytes() * format.scaleKinds();
  }

  private static long groupBytes(NeuronFormat format, int rows) {
    return headBytes(format, rows) + (long) format.block() * columnBytes(format, rows);
  }

  NeuronFormat format() {
    return format;
  }

  public int rows() {
    return rows;
  }

  public int neurons() {
    return neurons;
  }

  /** Rows with those that fill the last strip. */
  int paddedRows() {
    return paddedRows(rows);
  }

  int columnBytes() {
    return columnBytes(format, rows);
  }

  private static int columnBytes(NeuronFormat format, int rows) {
    return format.codeBytes(paddedRows(rows));
  }

  /** Bytes of a column's strip. */
  int stripBytes() {
    return format.codeBytes(STRIP);
  }

  /** From group to group. */
  long groupBytes() {
    return groupBytes(format, rows);
  }

  /** Bytes of a group's scales, behind which its minima lie. */
  int scalesBytes() {
    return paddedRows() * format.scaleBytes();
  }

  /** Where the scales of a group of {@link NeuronFormat#block()} neurons lie. */
  long scalesAddress(int group) {
    return memory.address() + group * groupBytes(format, rows);
  }

  long columnAddress(int neuron) {
    int block = format.block();
    return scalesAddress(neuron / block)
        + headBytes(format, rows)
        + (long) (neuron % block) * columnBytes();
  }
}
