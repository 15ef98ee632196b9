package dev.flyball.engine.model;

import dev.flyball.kernels.StoredMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The tensors of a file whose names have a prefix in common: of one layer, or all. */
final class TensorGroup {
  private final ModelSource source;
  private final WeightTable table;
  private final int index;
  private final String prefix;

  /**
   * @param index of the layer, counted from 0; -1 where it is all tensors
   */
  TensorGroup(ModelSource source, WeightTable table, int index, String prefix) {
    this.source = source;
    this.table = table;
    this.index = index;
    this.prefix = prefix;
  }

  /** The file that the tensors are of. */
  ModelSource source() {
    return source;
  }

  /** Which layer it is, counted from 0. */
  int index() {
    return index;
  }

  boolean has(String name) {
    return table.has(prefix + name);
  }

  /**
   * The matrix {@code name.weight} and its bias, where it has one.
   *
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT where it is missing or has another
   *     shape; so do all methods here
   */
  Linear.Tensors linear(String name, long rows, long columns) {
    return table.linear(prefix + name, rows, columns);
  }

  /** The matrices of a three-dimensional tensor (count, rows, columns). */
  List<StoredMatrix> matrices(String name, int count, long rows, long columns) {
    return table.matrices(prefix + name, count, rows, columns);
  }

  StoredMatrix matrix(String name, long rows, long columns) {
    return table.matrix(prefix + name, rows, columns);
  }

  float[] vector(String name, long length) {
    return table.vector(prefix + name, length);
  }

  Optional<float[]> findVector(String name, long length) {
    return table.findVector(prefix + name, length);
  }

  /** An RMS norm of the hidden vector, {@code name.weight}. */
  NormSpec rmsNorm(String name) {
    return rmsNorm(name, source.config().embeddingLength());
  }

  /** An RMS norm of rows of so many values. */
  NormSpec rmsNorm(String name, int length) {
    double epsilon = source.keys().positive("attention.layer_norm_rms_epsilon");
    return new NormSpec.Rms(vector(name + ".weight", length), epsilon);
  }

  /** A layer norm of the hidden vector without weights. */
  NormSpec layerNorm() {
    float[] ones = new float[source.config().embeddingLength()];
    Arrays.fill(ones, 1);
    double epsilon = source.keys().positive("attention.layer_norm_epsilon");
    return new NormSpec.Layer(ones, Optional.empty(), epsilon);
  }

  /** A layer norm of the hidden vector, {@code name.weight} with {@code name.bias} if there. */
  NormSpec layerNorm(String name) {
    int length = source.config().embeddingLength();
    double epsilon = source.keys().positive("attention.layer_norm_epsilon");
    return new NormSpec.Layer(
        vector(name + ".weight", length), findVector(name + ".bias", length), epsilon);
  }
}
