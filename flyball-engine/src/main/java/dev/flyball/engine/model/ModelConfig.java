package dev.flyball.engine.model;

/**
 * What the engine around a model needs to know of it; each family keeps its further
 * hyper-parameters to itself.
 *
 * @param architecture {@code general.architecture}
 * @param vocabularySize length of a row of logits
 * @param embeddingLength length of a hidden vector
 * @param layers number of blocks
 * @param contextLength tokens that the model was trained with
 * @param pooling how hidden vectors become one vector
 * @param wholeTexts whether tokens see those behind them too: all of a sequence is to be computed
 *     in one step, nothing of it is of use to others, and there are no logits (an encoder)
 */
public record ModelConfig(
    String architecture,
    int vocabularySize,
    int embeddingLength,
    int layers,
    int contextLength,
    Pooling pooling,
    boolean wholeTexts) {
  /** Of a model whose tokens see only those before them. */
  public ModelConfig(
      String architecture,
      int vocabularySize,
      int embeddingLength,
      int layers,
      int contextLength,
      Pooling pooling) {
    this(architecture, vocabularySize, embeddingLength, layers, contextLength, pooling, false);
  }
}
