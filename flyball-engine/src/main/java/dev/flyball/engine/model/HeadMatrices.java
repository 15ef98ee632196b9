package dev.flyball.engine.model;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * A matrix for each head, as a file has them.
 *
 * @param stored the matrices or, all of them, their transposes
 * @param isTransposed whether they are transposes
 */
record HeadMatrices(List<StoredMatrix> stored, boolean isTransposed) {
  /**
   * The matrices, turned over where the file has their transposes.
   *
   * @param type of what is turned over: see {@link TransposedMatrix}
   */
  List<Linear.Tensors> upright(TensorType type) {
    return tensors(isTransposed, type);
  }

  /** The transposes of the matrices; see {@link #upright}. */
  List<Linear.Tensors> transposed(TensorType type) {
    return tensors(!isTransposed, type);
  }

  /** Bytes of all of them turned over. */
  long turnedBytes(TensorType type) {
    return stored.stream().mapToLong(matrix -> TransposedMatrix.bytes(matrix, type)).sum();
  }

  private List<Linear.Tensors> tensors(boolean turned, TensorType type) {
    return stored.stream()
        .map(matrix -> turned ? TransposedMatrix.of(matrix, type) : matrix)
        .map(matrix -> new Linear.Tensors(matrix, Optional.empty()))
        .toList();
  }
}
