package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.kernels.StoredMatrix;

/**
 * Embeddings that every layer has of its own (Gemma 3n and 4), as read from a file: what a layer
 * gets of a token is a row of a table, and a projection of the embedded token.
 *
 * @param layers how many
 * @param length values of a layer's embedding
 * @param table (vocabulary, layers * length)
 * @param projection (layers * length, columns)
 * @param norm of a layer's part of the projected token
 */
public record PerLayerInputSpec(
    int layers, int length, StoredMatrix table, Linear.Tensors projection, NormSpec norm) {
  public static PerLayerInputSpec read(ModelSource source, int length) {
    int layers = source.config().layers();
    int columns = source.config().embeddingLength();
    int all = Math.multiplyExact(layers, length);
    TensorGroup root = source.root();
    return new PerLayerInputSpec(
        layers,
        length,
        root.matrix("per_layer_token_embd.weight", source.config().vocabularySize(), all),
        root.linear("per_layer_model_proj", all, columns),
        root.rmsNorm("per_layer_proj_norm", length));
  }
}
