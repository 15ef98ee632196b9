package dev.flyball.engine.model;

import dev.flyball.kernels.StoredMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A projection {@code W (rows, columns) @ x (columns) + bias (rows)}; many have no bias. */
final class Linear {
  /** The tensors of a projection, as the file has them. */
  record Tensors(StoredMatrix weight, Optional<float[]> bias) {
    int columns() {
      return weight.columns();
    }

    /** The projection to {@code count} of the rows, over the same memory. */
    Tensors rows(int first, int count) {
      return new Tensors(
          weight.rows(first, count), bias.map(b -> Arrays.copyOfRange(b, first, first + count)));
    }
  }

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
    applyAll(List.of(this), List.of(out));
  }

  /**
   * Projections of the same input, computed together: to {@code outs}, one for each projection, as
   * {@link #apply}.
   */
  static void applyAll(List<Linear> projections, List<float[]> outs) {
    projections.getFirst().arithmetic.multiply(weights(projections), outs);
    addBiases(projections, outs);
  }

  /** As {@link #applyAll}, by {@link Arithmetic#multiplyFinely}. */
  static void applyAllFinely(List<Linear> projections, List<float[]> outs) {
    projections.getFirst().arithmetic.multiplyFinely(weights(projections), outs);
    addBiases(projections, outs);
  }

  private static List<Arithmetic.Weight> weights(List<Linear> projections) {
    List<Arithmetic.Weight> weights = new ArrayList<>(projections.size());
    for (Linear projection : projections) {
      weights.add(projection.weight);
    }
    return weights;
  }

  private static void addBiases(List<Linear> projections, List<float[]> outs) {
    for (int i = 0; i < outs.size(); i++) {
      projections.get(i).addBias(outs.get(i));
    }
  }

  private void addBias(float[] out) {
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
