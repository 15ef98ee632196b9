package dev.flyball.engine.model;

import dev.flyball.kernels.StoredMatrix;
import java.util.Optional;

/** A projection {@code W (rows, columns) @ x (columns) + bias (rows)}; many have no bias. */
final class Linear {
  /** The tensors of a projection, as the file has them. */
  record Tensors(StoredMatrix weight, Optional<float[]> bias) {}

  private final Arithmetic arithmetic;
  private final Arithmetic.Weight weight;
  private final Optional<float[]> bias;

  Linear(Tensors tensors, Arithmetic arithmetic) {
    this.arithmetic = arithmetic;
    this.weight = arithmetic.prepare(tensors.weight());
    this.bias = tensors.bias();
  }

  /**
   * From the input (tokens, columns) last given to the arithmetic to {@code out} (tokens, rows).
   */
  void apply(float[] out) {
    weight.multiply(out);
    bias.ifPresent(b -> addToRows(b, out, arithmetic.tokens()));
  }

  private static void addToRows(float[] bias, float[] out, int rows) {
    for (int row = 0; row < rows; row++) {
      int offset = row * bias.length;
      for (int i = 0; i < bias.length; i++) {
        out[offset + i] += bias[i];
      }
    }
  }

  int rows() {
    return weight.rows();
  }

  int columns() {
    return weight.columns();
  }
}
