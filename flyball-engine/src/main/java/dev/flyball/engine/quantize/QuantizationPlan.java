package dev.flyball.engine.quantize;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.kernels.TensorType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The formats of all tensors of a model, in the order of the file to be written. */
final class QuantizationPlan {
  /** As llama.cpp: what belongs to no layer, then layer by layer; by name within. */
  private static final Comparator<GgufTensor> ORDER =
      Comparator.<GgufTensor>comparingInt(tensor -> MixRules.layer(tensor.name()))
          .thenComparing(GgufTensor::name);

  private QuantizationPlan() {}

  /**
   * @throws EngineException INVALID_INPUT where weights are quantised already, and that is not
   *     allowed
   */
  static List<PlannedTensor> of(GgufFile file, QuantizationOptions options) {
    MixRules rules =
        new MixRules(
            options.quantization(), options.importance().isPresent(), ModelTraits.of(file));
    List<PlannedTensor> plan = new ArrayList<>();
    for (GgufTensor tensor : file.tensors().stream().sorted(ORDER).toList()) {
      TensorType wanted =
          TensorRole.mayBeQuantized(tensor) ? wanted(tensor, options, rules) : tensor.type();
      PlannedTensor planned =
          new PlannedTensor(tensor, fitting(wanted, tensor), wanted, importance(tensor, options));
      boolean isAgain = planned.isChanged() && tensor.type().blockElements() > 1;
      if (isAgain && !options.allowRequantize()) {
        throw requantization(file, tensor);
      }
      plan.add(planned);
    }
    return plan;
  }

  private static Optional<float[][]> importance(GgufTensor tensor, QuantizationOptions options) {
    try {
      return options.importance().flatMap(matrix -> matrix.of(tensor));
    } catch (IllegalArgumentException e) {
      throw new EngineException(EngineError.INVALID_INPUT, String.valueOf(e.getMessage()), e);
    }
  }

  private static TensorType wanted(GgufTensor tensor, QuantizationOptions options, MixRules rules) {
    TensorRole role = TensorRole.of(tensor.name());
    if (role == TensorRole.TOKEN_EMBEDDING && options.tokenEmbedding().isPresent()) {
      return options.tokenEmbedding().get();
    }
    if (role == TensorRole.OUTPUT && options.output().isPresent()) {
      return options.output().get();
    }
    TensorType type = options.quantization().type();
    return options.pure() || type.blockElements() == 1 ? type : rules.choose(tensor);
  }

  /** The format itself, or what takes its place for rows that are no whole blocks of it. */
  private static TensorType fitting(TensorType wanted, GgufTensor tensor) {
    if (fits(wanted, tensor)) {
      return wanted;
    }
    TensorType smaller =
        switch (wanted) {
          case IQ4_XS -> TensorType.IQ4_NL;
          case Q2_K, Q3_K -> TensorType.Q4_0;
          case Q4_K -> TensorType.Q5_0;
          case Q5_K -> TensorType.Q5_1;
          case Q6_K -> TensorType.Q8_0;
          case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, IQ4_NL, MXFP4 -> TensorType.F16;
        };
    return fits(smaller, tensor) ? smaller : TensorType.F16;
  }

  private static boolean fits(TensorType type, GgufTensor tensor) {
    return tensor.rowLength() % type.blockElements() == 0;
  }

  private static EngineException requantization(GgufFile file, GgufTensor tensor) {
    return new EngineException(
        EngineError.INVALID_INPUT,
        file.parts().getFirst()
            + ": tensor "
            + tensor.name()
            + " is quantised already, to "
            + tensor.type()
            + ": take a file with F32, F16 or BF16 weights, or allow to quantise again, which"
            + " loses more than quantising once");
  }
}
