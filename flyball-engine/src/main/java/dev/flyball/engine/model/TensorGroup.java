package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.kernels.StoredMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The tensors of a file whose names have a prefix in common: of one layer, or all. */
public final class TensorGroup {
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
  public ModelSource source() {
    return source;
  }

  /** Which layer it is, counted from 0. */
  public int index() {
    return index;
  }

  public boolean has(String name) {
    return table.has(prefix + name);
  }

  /**
   * The matrix {@code name.weight} and its bias, where it has one.
   *
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT where it is missing or has another
   *     shape; so do all methods here
   */
  public Linear.Tensors linear(String name, long rows, long columns) {
    return table.linear(prefix + name, rows, columns);
  }

  /** The matrices of a three-dimensional tensor (count, rows, columns). */
  public List<StoredMatrix> matrices(String name, int count, long rows, long columns) {
    return table.matrices(prefix + name, count, rows, columns);
  }

  /** As {@link #linear}, with as many rows as the file has. */
  Linear.Tensors linearOfAnyRows(String name, long columns) {
    int rows = table.matrixOfAnyRows(prefix + name + ".weight", columns).rows();
    return linear(name, rows, columns);
  }

  StoredMatrix matrixOfAnyRows(String name, long columns) {
    return table.matrixOfAnyRows(prefix + name, columns);
  }

  public StoredMatrix matrix(String name, long rows, long columns) {
    return table.matrix(prefix + name, rows, columns);
  }

  /**
   * A convolution that takes squares of an image to vectors, as a matrix: (rows, channels * size *
   * size), in a row channel by channel, line by line.
   */
  public StoredMatrix squares(String name, long rows, int channels, int size) {
    return table.squares(prefix + name, rows, channels, size);
  }

  /** The rows (rows, columns) of a matrix of numbers that are added, not multiplied by. */
  public List<float[]> vectors(String name, int rows, int columns) {
    StoredMatrix matrix = matrix(name, rows, columns);
    List<float[]> vectors = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      float[] values = new float[columns];
      matrix.decode(row, 0, columns, values, 0);
      vectors.add(values);
    }
    return vectors;
  }

  /** Tells that what has this name or begins with it has no part in the forward pass. */
  public void leaveOut(String name) {
    table.leaveOut(prefix + name);
  }

  public float[] vector(String name, long length) {
    return table.vector(prefix + name, length);
  }

  public Optional<float[]> findVector(String name, long length) {
    return table.findVector(prefix + name, length);
  }

  /** An RMS norm of the hidden vector, {@code name.weight}. */
  public NormSpec rmsNorm(String name) {
    return rmsNorm(name, source.config().embeddingLength());
  }

  /** An RMS norm of rows of so many values. */
  public NormSpec rmsNorm(String name, int length) {
    double epsilon = source.keys().positive("attention.layer_norm_rms_epsilon");
    return new NormSpec.Rms(vector(name + ".weight", length), epsilon);
  }

  /** An RMS norm of rows of so many values without weights. */
  NormSpec rmsNormWithoutWeight(int length) {
    double epsilon = source.keys().positive("attention.layer_norm_rms_epsilon");
    float[] ones = new float[length];
    Arrays.fill(ones, 1);
    return new NormSpec.Rms(ones, epsilon);
  }

  /** A layer norm of the hidden vector without weights. */
  public NormSpec layerNorm() {
    float[] ones = new float[source.config().embeddingLength()];
    Arrays.fill(ones, 1);
    double epsilon = source.keys().positive("attention.layer_norm_epsilon");
    return new NormSpec.Layer(ones, Optional.empty(), epsilon);
  }

  /** A layer norm of the hidden vector, {@code name.weight} with {@code name.bias} if there. */
  public NormSpec layerNorm(String name) {
    int length = source.config().embeddingLength();
    double epsilon = source.keys().positive("attention.layer_norm_epsilon");
    return new NormSpec.Layer(
        vector(name + ".weight", length), findVector(name + ".bias", length), epsilon);
  }
}
