package dev.flyball.engine.quantize;

import dev.flyball.engine.gguf.GgufTensor;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much the columns of a model's matrices matter: for each, the sum of the squares of what it
 * was multiplied by while a text was read. Immutable.
 *
 * @param tensors by name
 * @param datasets what was read
 * @param chunkTokens tokens of a window
 * @param chunks how many were read
 */
public record ImportanceMatrix(
    SortedMap<String, Sums> tensors, String datasets, int chunkTokens, int chunks) {
  public ImportanceMatrix {
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
  }

  /**
   * Sums of a tensor.
   *
   * @param squares (matrices, columns): sums of squares
   * @param counts rows of input that each of its matrices has met
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Sums(float[] squares, long[] counts) {
    int columns() {
      return squares.length / counts.length;
    }

    /**
     * Means of squares of one matrix; ones where it has met nothing. A count may stand for all
     * matrices.
     */
    float[] means(int matrix, int columns) {
      float[] means = new float[columns];
      float count = counts[counts.length == 1 ? 0 : matrix];
      for (int i = 0; i < means.length; i++) {
        means[i] = count > 0 ? squares[matrix * means.length + i] / count : 1;
      }
      return means;
    }
  }

  /**
   * The importance of a tensor's columns for each of its matrices, where it is known.
   *
   * @throws IllegalArgumentException where the sums are of a tensor of another shape
   */
  Optional<float[][]> of(GgufTensor tensor) {
    Sums sums = tensors.get(tensor.name());
    if (sums == null) {
      return Optional.empty();
    }
    long matrices = tensor.shape().size() < 3 ? 1 : tensor.shape().get(2);
    boolean counted = sums.counts().length == 1 || sums.counts().length == matrices;
    if (!counted || sums.squares().length != matrices * tensor.rowLength()) {
      throw new IllegalArgumentException(
          "the importance matrix has %d sums and %d counts for %s of shape %s: it is of another model"
              .formatted(
                  sums.squares().length, sums.counts().length, tensor.name(), tensor.shape()));
    }
    float[][] means = new float[(int) matrices][];
    for (int i = 0; i < means.length; i++) {
      means[i] = sums.means(i, (int) tensor.rowLength());
    }
    return Optional.of(means);
  }

  /** An importance matrix of these sums. */
  static ImportanceMatrix of(
      Map<String, Sums> tensors, String datasets, int chunkTokens, int chunks) {
    return new ImportanceMatrix(new TreeMap<>(tensors), datasets, chunkTokens, chunks);
  }
}
