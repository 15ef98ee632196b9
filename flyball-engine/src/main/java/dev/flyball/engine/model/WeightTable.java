package dev.flyball.engine.model;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.kernels.BlockDecoder;
import dev.flyball.kernels.StoredMatrix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Checked access to a file's tensors by name and shape. Shapes are given as (rows, columns), the
 * other way round than GGUF lists them. Remembers what was asked for, so that a tensor which the
 * forward pass would silently leave out is found.
 */
final class WeightTable {
  private final GgufFile file;
  private final Set<String> used = new HashSet<>();
  private final List<String> leftOut = new ArrayList<>();

  WeightTable(GgufFile file) {
    this.file = file;
  }

  boolean has(String name) {
    return file.find(name).isPresent();
  }

  /**
   * The matrix of this name.
   *
   * @throws EngineException FILE_CORRUPT where it is missing or has another shape
   */
  StoredMatrix matrix(String name, long rows, long columns) {
    return stored(tensor(name, columns, rows), rows, columns);
  }

  /** The matrix of this name and its bias, where it has one. */
  Linear.Tensors linear(String name, long rows, long columns) {
    StoredMatrix weight = matrix(name + ".weight", rows, columns);
    return Linear.Tensors.named(name + ".weight", weight, findVector(name + ".bias", rows));
  }

  /** The matrices of a three-dimensional tensor (count, rows, columns). */
  List<StoredMatrix> matrices(String name, int count, long rows, long columns) {
    GgufTensor tensor = tensor(name, columns, rows, count);
    StoredMatrix all = stored(tensor, Math.multiplyExact(rows, (long) count), columns);
    List<StoredMatrix> matrices = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      matrices.add(all.rows(Math.multiplyExact(i, (int) rows), (int) rows));
    }
    return matrices;
  }

  /** A tensor (rows, channels, size, size) as a matrix of so many rows. */
  StoredMatrix squares(String name, long rows, int channels, int size) {
    GgufTensor tensor = tensor(name, size, size, channels, rows);
    return stored(tensor, rows, (long) channels * size * size);
  }

  /** The matrix of this name with any number of rows; says how many the file has. */
  StoredMatrix matrixOfAnyRows(String name, long columns) {
    List<Long> shape = file.tensor(name).shape();
    return matrix(name, shape.size() < 2 ? 1 : shape.get(1), columns);
  }

  /** The values of a one-dimensional tensor. */
  float[] vector(String name, long length) {
    GgufTensor tensor = tensor(name, length);
    float[] values = new float[Math.toIntExact(length)];
    BlockDecoder.decode(tensor.type(), tensor.data(), 0, values, 0, values.length);
    return values;
  }

  /** The values of a one-dimensional tensor, or nothing where there is none of this name. */
  Optional<float[]> findVector(String name, long length) {
    return has(name) ? Optional.of(vector(name, length)) : Optional.empty();
  }

  /** Tells that tensors whose names begin so have no part in the forward pass. */
  void leaveOut(String prefix) {
    leftOut.add(prefix);
  }

  /**
   * Refuses a file with tensors that nobody asked for: the model would not be the one meant.
   *
   * @param known tensors without a part in the forward pass
   */
  void requireAllUsed(Predicate<String> known) {
    for (GgufTensor tensor : file.tensors()) {
      String name = tensor.name();
      boolean needless = known.test(name) || leftOut.stream().anyMatch(name::startsWith);
      if (!used.contains(name) && !needless) {
        throw new EngineException(
            EngineError.UNSUPPORTED_MODEL,
            "%s: tensor \"%s\" has no place in a model of architecture \"%s\" as Flyball knows it"
                .formatted(file.parts().getFirst(), name, file.metadata().architecture()));
      }
    }
  }

  private GgufTensor tensor(String name, long... shape) {
    GgufTensor tensor = file.tensor(name);
    List<Long> expected = new ArrayList<>();
    for (long length : shape) {
      expected.add(length);
    }
    if (!tensor.shape().equals(expected)) {
      throw new EngineException(
          EngineError.FILE_CORRUPT,
          "%s: tensor \"%s\" has shape %s; the hyper-parameters ask for %s"
              .formatted(file.parts().getFirst(), name, tensor.shape(), expected));
    }
    used.add(name);
    return tensor;
  }

  private StoredMatrix stored(GgufTensor tensor, long rows, long columns) {
    if (rows > Integer.MAX_VALUE || columns > Integer.MAX_VALUE) {
      throw new EngineException(
          EngineError.UNSUPPORTED_MODEL,
          "%s: tensor \"%s\" has a length above %d: %s"
              .formatted(
                  file.parts().getFirst(), tensor.name(), Integer.MAX_VALUE, tensor.shape()));
    }
    return new StoredMatrix(tensor.type(), tensor.data(), (int) rows, (int) columns);
  }
}
