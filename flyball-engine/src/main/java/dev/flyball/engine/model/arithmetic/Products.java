package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.matmul.InputFinish;
import dev.flyball.kernels.matmul.RowGroups;
import java.lang.foreign.Arena;
import java.util.List;

/** Products of matrices with the rows of a step: first the input is given, then the matrices. */
public interface Products {
  /** A matrix, ready to be multiplied by. */
  interface Weight {
    int rows();

    int columns();
  }

  /** Prepares a matrix, at load. */
  Weight prepare(StoredMatrix stored);

  /**
   * Prepares matrices of floats at any time, by any thread.
   *
   * @param stored of which nothing is kept
   * @param arena what the results live in
   */
  List<Weight> prepare(List<StoredMatrix> stored, Arena arena);

  /**
   * Makes {@code x} (tokens, columns) the input of the products that follow; not to change before
   * they are done.
   */
  void input(float[] x, int tokens, int columns);

  /**
   * As {@link #input(float[], int, int)}, for an input that is still to be finished.
   *
   * @param finish called for each value once, at the latest by the first product
   */
  void input(float[] x, int tokens, int columns, InputFinish finish);

  /** Tokens of the last input. */
  int tokens();

  /**
   * {@code W (rows, columns) @ x} for all tokens of the last {@link #input}, for several matrices
   * at once.
   *
   * @param outs for each matrix (tokens, rows)
   */
  void multiply(List<Weight> weights, List<float[]> outs);

  /**
   * As {@link #multiply}, for products whose errors grow on the way to the logits: where
   * activations are rounded to eight bits, what is left of them is multiplied too, as if they had
   * sixteen.
   */
  void multiplyFinely(List<Weight> weights, List<float[]> outs);

  /**
   * Makes rows of {@code x} (rows, columns) the input of {@link #multiplyGroups}; not to change
   * before that is done.
   *
   * @param groups of at most as many rows as a step has tokens
   */
  void input(float[] x, RowGroups groups, int columns);

  /**
   * As {@link #input(float[], RowGroups, int)}, for an input that is still to be finished.
   *
   * @param finish called once for each value of each row; no row may be in several groups
   */
  void input(float[] x, RowGroups groups, int columns, InputFinish finish);

  /**
   * {@code W (rows, columns) @ x} for each group of the last input with weights of its own, all at
   * once.
   *
   * @param weights for each of {@code outs} one for each group: those of the first one come first
   * @param outs (rows of all groups, rows)
   */
  void multiplyGroups(List<Weight> weights, List<float[]> outs);
}
