package dev.flyball.kernels.matmul;

/**
 * The last step that brings forth the input of a product, part by part where it is about to be
 * read.
 */
@FunctionalInterface
public interface InputFinish {
  /**
   * Finishes the values from column {@code from} to {@code end} of a row.
   *
   * @param worker as in {@link dev.flyball.kernels.WorkerTeam.Piece}
   */
  void finish(int row, int from, int end, int worker);

  /** Whether it has to be given whole rows, as a norm has to. */
  default boolean takesWholeRows() {
    return false;
  }
}
