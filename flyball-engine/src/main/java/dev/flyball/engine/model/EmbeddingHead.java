package dev.flyball.engine.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of a pooled vector: projections one after the other, as of EmbeddingGemma
 * (arXiv:2509.20354); most models have none. Immutable, thread-safe.
 */
public final class EmbeddingHead {
  private static final List<String> NAMES = List.of("dense_2", "dense_3");

  private final List<Linear.Tensors> projections;

  private EmbeddingHead(List<Linear.Tensors> projections) {
    this.projections = List.copyOf(projections);
  }

  /**
   * Of a file that has {@code dense_2} and {@code dense_3}, or neither.
   *
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT where their shapes do not fit, or give
   *     a vector of another length than the model's
   */
  static EmbeddingHead read(ModelSource source) {
    TensorGroup root = source.root();
    List<Linear.Tensors> projections = new ArrayList<>();
    int length = source.config().embeddingLength();
    if (root.has(NAMES.getFirst() + ".weight")) {
      Linear.Tensors first = root.linearOfAnyRows(NAMES.getFirst(), length);
      projections.add(first);
      int inner = first.weight().rows();
      projections.add(root.linear(NAMES.getLast(), length, inner));
    }
    return new EmbeddingHead(projections);
  }

  /** The embedding that a pooled vector becomes; the vector itself where there is nothing to do. */
  public float[] apply(float[] pooled) {
    if (projections.isEmpty()) {
      return pooled;
    }
    double[] x = new double[pooled.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = pooled[i];
    }
    for (Linear.Tensors projection : projections) {
      x = projection.times(x);
    }
    float[] embedding = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      embedding[i] = (float) x[i];
    }
    return embedding;
  }
}
