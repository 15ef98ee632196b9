package dev.flyball.engine.quantize;

import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.kernels.TensorType;
import java.util.Optional;

/**
 * A tensor and the format it gets.
 *
 * @param target the format
 * @param wanted the format that it was meant to get, another one where its rows are no whole blocks
 *     of that
 * @param importance of the columns of each of its matrices, where it is known
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PlannedTensor(
    GgufTensor source, TensorType target, TensorType wanted, Optional<float[][]> importance) {
  boolean isChanged() {
    return source.type() != target;
  }

  long targetBytes() {
    return target.bytesFor(source.elements());
  }
}
