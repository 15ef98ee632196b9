package dev.flyball.engine.model;

import java.util.Optional;

/**
 * Makes a score of the hidden vector that stands for a query and a document: how relevant the
 * document is. {@code output @ tanh(dense @ x)} as in RoBERTa's head for classification
 * (arXiv:1907.11692); either matrix may be missing. Of several classes the first one's score
 * counts; a decoder's are probabilities (a model that says yes or no, arXiv:2506.05176). Immutable
 * and thread-safe.
 */
public final class RankingHead {
  static final String DENSE = "cls";
  static final String OUTPUT = "cls.output";

  private final Pooling pooling;
  private final Optional<Linear.Tensors> dense;
  private final Optional<Linear.Tensors> output;
  private final boolean probabilities;

  private RankingHead(
      Pooling pooling,
      Optional<Linear.Tensors> dense,
      Optional<Linear.Tensors> output,
      boolean probabilities) {
    this.pooling = pooling;
    this.dense = dense;
    this.output = output;
    this.probabilities = probabilities;
  }

  /**
   * The head of a file whose pooling asks for one. What others have of it is left out.
   *
   * @param pooling whose vector it takes: the first token's, or, of a decoder, the last one's
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT where it is missing
   */
  static Optional<RankingHead> find(ModelSource source, Pooling pooling) {
    TensorGroup root = source.root();
    if (source.config().pooling() != Pooling.RANK) {
      root.leaveOut(DENSE + ".");
      return Optional.empty();
    }
    int columns = source.config().embeddingLength();
    Optional<Linear.Tensors> dense =
        root.has(DENSE + ".weight")
            ? Optional.of(root.linearOfAnyRows(DENSE, columns))
            : Optional.empty();
    Optional<Linear.Tensors> output = Optional.empty();
    if (dense.isEmpty() || root.has(OUTPUT + ".weight")) {
      int inputs = dense.map(d -> d.weight().rows()).orElse(columns);
      output = Optional.of(root.linearOfAnyRows(OUTPUT, inputs));
    }
    return Optional.of(new RankingHead(pooling, dense, output, pooling == Pooling.LAST));
  }

  /** Which token's hidden vector it takes. */
  public Pooling pooling() {
    return pooling;
  }

  /**
   * The score: larger is more relevant.
   *
   * @param hidden the pooled vector of a query and a document
   */
  public float score(float[] hidden) {
    double[] x = new double[hidden.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = hidden[i];
    }
    if (dense.isPresent()) {
      x = dense.get().times(x);
      for (int i = 0; i < x.length; i++) {
        x[i] = Math.tanh(x[i]);
      }
    }
    if (output.isPresent()) {
      x = output.get().times(x);
    }
    return (float) (probabilities && x.length > 1 ? firstProbability(x) : x[0]);
  }

  private static double firstProbability(double[] scores) {
    double sum = 0;
    for (double score : scores) {
      sum += Math.exp(score - scores[0]);
    }
    return 1 / sum;
  }
}
