package dev.flyball.kernels.sparse;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.RowBlocks;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A matrix (neurons, columns) of which single rows are multiplied with an input: the up projection.
 * Each row is one stretch of memory. Sixteen blocks of a row lie in the lanes of a vector, so that
 * a row's sums need one horizontal step, at its end.
 *
 * <pre>
 * row      [codes of group 0] ... [codes of group n-1][scales][mins]    group = 16 blocks; n = columns / (16 block), rounded up
 * codes    byte 4b+i of vector q is column 4q+i of block b; with four bits, vector j holds q = 2j in its low and 2j+1 in its high nibbles
 * scales   16 halves or floats for each group; mins likewise
 * </pre>
 *
 * Blocks beyond the last column have scale zero. Immutable; thread-safe as long as its memory
 * lives.
 */
public final class NeuronRows {
  /** Rows that one piece of packing has. */
  private static final int PACKED_TOGETHER = 64;

  private final NeuronFormat format;
  private final LaneInput.Layout inputLayout;
  private final MemorySegment memory;
  private final int neurons;
  private final int columns;

  private NeuronRows(NeuronFormat format, MemorySegment memory, int neurons, int columns) {
    this.format = format;
    inputLayout = new LaneInput.Layout(format);
    this.memory = memory;
    this.neurons = neurons;
    this.columns = columns;
  }

  /** Bytes that a matrix takes. */
  public static long bytes(TensorType type, int neurons, int columns) {
    return Math.multiplyExact(rowBytes(NeuronFormat.of(type), columns), (long) neurons);
  }

  /**
   * Packs a matrix.
   *
   * @param target {@link #bytes} long, 64-byte aligned, of zeros
   */
  public static NeuronRows pack(StoredMatrix stored, MemorySegment target, WorkerTeam team) {
    NeuronFormat format = NeuronFormat.of(stored.type());
    NeuronRows rows = new NeuronRows(format, target, stored.rows(), stored.columns());
    int pieces = Math.ceilDiv(stored.rows(), PACKED_TOGETHER);
    team.run(
        pieces,
        (piece, _) -> {
          int first = piece * PACKED_TOGETHER;
          rows.packRows(stored, first, Math.min(stored.rows(), first + PACKED_TOGETHER));
        });
    return rows;
  }

  private void packRows(StoredMatrix stored, int first, int end) {
    RowBlocks blocks = new RowBlocks(format.type());
    byte[] source = new byte[(int) format.type().bytesFor(columns)];
    byte[] codes = new byte[codeBytes()];
    for (int row = first; row < end; row++) {
      MemorySegment.copy(
          stored.data(),
          ValueLayout.JAVA_BYTE,
          (long) row * source.length,
          source,
          0,
          source.length);
      Arrays.fill(codes, (byte) 0);
      MemorySegment target = memory.asSlice(row * rowBytes(), rowBytes());
      for (int i = 0; i < columns / format.storedColumns(); i++) {
        blocks.read(source, i * format.type().blockBytes());
        packBlocks(blocks, i * format.storedColumns(), codes, target);
      }
      MemorySegment.copy(codes, 0, target, ValueLayout.JAVA_BYTE, 0, codes.length);
    }
  }

  private void packBlocks(RowBlocks blocks, int firstColumn, byte[] codes, MemorySegment target) {
    int block = format.block();
    for (int i = 0; i < format.storedColumns(); i++) {
      int index = (firstColumn + i) / block;
      int group = index / NeuronFormat.LANES * groupCodeBytes(format);
      int lane = 4 * (index % NeuronFormat.LANES);
      int quad = i % block / 4;
      if (format.bits() == 4) {
        int at = group + quad / 2 * NeuronFormat.VECTOR + lane + i % 4;
        codes[at] |= (byte) (blocks.code(i) << (4 * (quad & 1)));
      } else {
        codes[group + quad * NeuronFormat.VECTOR + lane + i % 4] = (byte) blocks.code(i);
      }
      if (i % block == 0) {
        long scale = codeBytes() + (long) format.scaleBytes() * index;
        ScaleWriter.put(format, target, scale, blocks.scale(i / block));
        if (format.mins()) {
          ScaleWriter.put(format, target, scale + scalesBytes(), blocks.min(i / block));
        }
      }
    }
  }

  private static int groups(NeuronFormat format, int columns) {
    return Math.ceilDiv(columns, NeuronFormat.LANES * format.block());
  }

  /** Bytes of the codes of a group. */
  static int groupCodeBytes(NeuronFormat format) {
    return format.codeBytes(NeuronFormat.LANES * format.block());
  }

  private static long rowBytes(NeuronFormat format, int columns) {
    long scales = (long) NeuronFormat.LANES * format.scaleBytes() * format.scaleKinds();
    return groups(format, columns) * (groupCodeBytes(format) + scales);
  }

  NeuronFormat format() {
    return format;
  }

  /** How an input is to lie. */
  LaneInput.Layout inputLayout() {
    return inputLayout;
  }

  public int neurons() {
    return neurons;
  }

  public int columns() {
    return columns;
  }

  int groups() {
    return groups(format, columns);
  }

  long rowBytes() {
    return rowBytes(format, columns);
  }

  /** Bytes of a row's codes, behind which its scales lie. */
  int codeBytes() {
    return groups() * groupCodeBytes(format);
  }

  /** Bytes of a row's scales, behind which its minima lie. */
  int scalesBytes() {
    return groups() * NeuronFormat.LANES * format.scaleBytes();
  }

  long address(int neuron) {
    return memory.address() + neuron * rowBytes();
  }
}
