package dev.flyball.engine;

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
 */
public record ModelInfo(
    String architecture,
    String name,
    String typeName,
    long parameters,
    long fileBytes,
    int contextLength,
    int trainedContextLength,
    int embeddingLength) {}
