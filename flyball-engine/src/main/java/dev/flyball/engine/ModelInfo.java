package dev.flyball.engine;

import java.util.Set;

/**
 * What a loaded model is.
 *
 * @param architecture {@code general.architecture}, e.g. {@code llama}
 * @param name {@code general.name}, or the file's name
 * @param typeName the weights' format as people say it, e.g. {@code Q4_0}
 * @param parameters number of weights
 * @param fileBytes size of the file or files
 * @param contextLength tokens that one sequence may have in this engine: prompt and output together
 * @param trainedContextLength tokens that the model was trained with
 * @param embeddingLength length of a hidden vector
 * @param uses what the model is good for
 */
public record ModelInfo(
    String architecture,
    String name,
    String typeName,
    long parameters,
    long fileBytes,
    int contextLength,
    int trainedContextLength,
    int embeddingLength,
    Set<ModelUse> uses) {
  public ModelInfo {
    uses = Set.copyOf(uses);
  }

  /** Of a model that generates, whose hidden vectors may be of use, too. */
  public ModelInfo(
      String architecture,
      String name,
      String typeName,
      long parameters,
      long fileBytes,
      int contextLength,
      int trainedContextLength,
      int embeddingLength) {
    this(
        architecture,
        name,
        typeName,
        parameters,
        fileBytes,
        contextLength,
        trainedContextLength,
        embeddingLength,
        Set.of(ModelUse.GENERATE, ModelUse.EMBED));
  }

  public boolean isFor(ModelUse use) {
    return uses.contains(use);
  }
}
