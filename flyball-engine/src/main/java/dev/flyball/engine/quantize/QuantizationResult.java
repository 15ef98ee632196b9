package dev.flyball.engine.quantize;

import dev.flyball.kernels.TensorType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a quantisation did.
 *
 * @param parameters values of all tensors
 * @param sourceBytes bytes of all tensors before
 * @param targetBytes bytes of all tensors after
 * @param tensors how many tensors are stored in each format now
 * @param replaced tensors whose rows are no whole blocks of the format they were to get
 */
public record QuantizationResult(
    long parameters,
    long sourceBytes,
    long targetBytes,
    Map<TensorType, Integer> tensors,
    List<Replaced> replaced) {

  /** A tensor that got another format than the rules say. */
  public record Replaced(String name, long rowLength, TensorType wanted, TensorType actual) {}

  public QuantizationResult {
    tensors = Map.copyOf(tensors);
    replaced = List.copyOf(replaced);
  }

  /** Bits that a value takes on average. */
  public double bitsPerValue() {
    return 8.0 * targetBytes / parameters;
  }

  static QuantizationResult of(List<PlannedTensor> plan) {
    Map<TensorType, Integer> tensors = new EnumMap<>(TensorType.class);
    plan.forEach(planned -> tensors.merge(planned.target(), 1, Integer::sum));
    return new QuantizationResult(
        plan.stream().mapToLong(planned -> planned.source().elements()).sum(),
        plan.stream().mapToLong(planned -> planned.source().data().byteSize()).sum(),
        plan.stream().mapToLong(PlannedTensor::targetBytes).sum(),
        tensors,
        plan.stream()
            .filter(planned -> planned.target() != planned.wanted())
            .map(
                planned ->
                    new Replaced(
                        planned.source().name(),
                        planned.source().rowLength(),
                        planned.wanted(),
                        planned.target()))
            .toList());
  }
}
