package dev.flyball.engine.model;

import dev.flyball.kernels.StoredMatrix;
import java.util.Optional;

/** A projection {@code W (rows, columns) @ x (columns) + bias (rows)}; many have no bias. */
record Linear(StoredMatrix weight, Optional<float[]> bias) {
  /** {@code x} (tokens, columns) as packed in the step to {@code out} (tokens, rows). */
  void apply(Step step, float[] out) {
    step.product().multiply(weight, step.input(), out);
    bias.ifPresent(b -> addToRows(b, out, step.input().tokens()));
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
