package dev.flyball.engine.model;

import dev.flyball.kernels.StoredMatrix;
import java.util.Optional;

/**
 * What is added to an embedded token before the first layer (arXiv:1810.04805).
 *
 * @param positions (positions, columns): learned embeddings of positions
 * @param constant (columns), the same for all tokens; of length 0 where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; written once
public record EmbeddingTerms(Optional<StoredMatrix> positions, float[] constant) {
  /** Nothing is added. */
  public static final EmbeddingTerms NONE = new EmbeddingTerms(Optional.empty(), new float[0]);

  private static final String TYPES = "token_types.weight";

  /**
   * {@code token_types}, of which all tokens have the first, and {@code position_embd} for every
   * position of the context.
   *
   * @param positioned whether positions have embeddings
   */
  public static EmbeddingTerms read(ModelSource source, boolean positioned) {
    int columns = source.config().embeddingLength();
    TensorGroup root = source.root();
    Optional<StoredMatrix> positions =
        positioned
            ? Optional.of(
                root.matrix("position_embd.weight", source.config().contextLength(), columns))
            : Optional.empty();
    if (!root.has(TYPES)) {
      return new EmbeddingTerms(positions, NONE.constant);
    }
    float[] firstType = new float[columns];
    root.matrixOfAnyRows(TYPES, columns).decode(0, 0, columns, firstType, 0);
    return new EmbeddingTerms(positions, firstType);
  }

  /**
   * Adds the terms of a position to {@code x} from {@code offset} on.
   *
   * @param room as long as {@code x}; overwritten where {@code x} is added to
   */
  void addTo(float[] x, int offset, int position, float[] room) {
    if (positions.isPresent()) {
      int columns = positions.get().columns();
      positions.get().decode(position, 0, columns, room, offset);
      add(room, offset, x, offset, columns);
    }
    add(constant, 0, x, offset, constant.length);
  }

  private static void add(float[] term, int from, float[] x, int offset, int count) {
    for (int i = 0; i < count; i++) {
      x[offset + i] += term[from + i];
    }
  }
}
