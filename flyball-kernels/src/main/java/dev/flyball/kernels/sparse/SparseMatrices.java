package dev.flyball.kernels.sparse;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The matrices of a gated network behind its gate, packed to be read neuron by neuron.
 *
 * @param up (neurons, columns)
 * @param upBias of each neuron, where there is one; not to be changed
 * @param down (rows, neurons)
 */
public record SparseMatrices(NeuronRows up, Optional<float[]> upBias, NeuronColumns down) {
  /** Whether such matrices can be packed: both are quantised. */
  public static boolean takes(StoredMatrix up, StoredMatrix down) {
    return isQuantised(up.type()) && isQuantised(down.type());
  }

  private static boolean isQuantised(TensorType type) {
    return type.blockElements() > 1;
  }

  /** Bytes that they take packed; 0 where they cannot be. */
  public static long bytes(StoredMatrix up, StoredMatrix down) {
    return takes(up, down)
        ? NeuronRows.bytes(up.type(), up.rows(), up.columns())
            + NeuronColumns.bytes(down.type(), down.rows(), down.columns())
        : 0;
  }

  /**
   * Packs the matrices of a network.
   *
   * @param memory gives so many bytes of zeros, 64-byte aligned
   */
  public static SparseMatrices pack(
      StoredMatrix up,
      Optional<float[]> upBias,
      StoredMatrix down,
      LongFunction<MemorySegment> memory,
      WorkerTeam team) {
    MemorySegment rows = memory.apply(NeuronRows.bytes(up.type(), up.rows(), up.columns()));
    MemorySegment columns =
        memory.apply(NeuronColumns.bytes(down.type(), down.rows(), down.columns()));
    return new SparseMatrices(
        NeuronRows.pack(up, rows, team), upBias, NeuronColumns.pack(down, columns, team));
  }
}
