package dev.flyball.engine.quantize;

import dev.flyball.kernels.TensorType;
import java.util.Optional;

/**
 * What is wanted of a quantisation.
 *
 * @param quantization the mix
 * @param pure whether every matrix gets the mix's main format, without its rules
 * @param tokenEmbedding the format of the token embedding; nothing: by the rules
 * @param output the format of the output matrix; nothing: by the rules
 * @param allowRequantize whether weights that are quantised already are quantised again
 * @param importance what guides the search for scales; nothing: values alone
 * @param threads threads that compute; 0: one for each processor that this process may use
 */
public record QuantizationOptions(
    Quantization quantization,
    boolean pure,
    Optional<TensorType> tokenEmbedding,
    Optional<TensorType> output,
    boolean allowRequantize,
    Optional<ImportanceMatrix> importance,
    int threads) {
  public QuantizationOptions {
    if (threads < 0 || threads > 1024) {
      throw new IllegalArgumentException("threads must be 0 to 1024");
    }
  }

  /** Not guided by importance. */
  public QuantizationOptions(
      Quantization quantization,
      boolean pure,
      Optional<TensorType> tokenEmbedding,
      Optional<TensorType> output,
      boolean allowRequantize,
      int threads) {
    this(quantization, pure, tokenEmbedding, output, allowRequantize, Optional.empty(), threads);
  }

  /** By the rules, from weights that are not quantised, with all processors. */
  public QuantizationOptions(Quantization quantization) {
    this(quantization, false, Optional.empty(), Optional.empty(), false, 0);
  }

  /** These guided by the importance of columns. */
  public QuantizationOptions withImportance(ImportanceMatrix matrix) {
    return new QuantizationOptions(
        quantization, pure, tokenEmbedding, output, allowRequantize, Optional.of(matrix), threads);
  }
}
