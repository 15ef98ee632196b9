package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.StoredMatrix;

/** Sees what a model's matrices are multiplied by, on the thread that runs a step. */
@FunctionalInterface
public interface InputObserver {
  /**
   * Sees one row of input.
   *
   * @param matrix as the file stores it; a part of a tensor where that holds several
   * @param x has the row's values from {@code offset} on; valid until this returns
   */
  void multiplied(StoredMatrix matrix, float[] x, int offset);
}
