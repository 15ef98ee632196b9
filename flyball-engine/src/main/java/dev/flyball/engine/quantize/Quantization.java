package dev.flyball.engine.quantize;

import dev.flyball.engine.gguf.GgufFileType;
import dev.flyball.kernels.TensorType;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a whole model is quantised: a format for most of its matrices, and rules for those that get
 * another one. Names and rules are llama-quantize's.
 */
public enum Quantization {
  F32(TensorType.F32),
  F16(TensorType.F16),
  BF16(TensorType.BF16),
  Q8_0(TensorType.Q8_0),
  Q4_0(TensorType.Q4_0),
  Q4_1(TensorType.Q4_1),
  Q5_0(TensorType.Q5_0),
  Q5_1(TensorType.Q5_1),
  Q2_K(TensorType.Q2_K),
  Q3_K_S(TensorType.Q3_K),
  Q3_K_M(TensorType.Q3_K),
  Q3_K_L(TensorType.Q3_K),
  Q4_K_S(TensorType.Q4_K),
  Q4_K_M(TensorType.Q4_K),
  Q5_K_S(TensorType.Q5_K),
  Q5_K_M(TensorType.Q5_K),
  Q6_K(TensorType.Q6_K),
  IQ4_NL(TensorType.IQ4_NL),
  IQ4_XS(TensorType.IQ4_XS),
  /** Experts in MXFP4, all else in Q8_0. */
  MXFP4_MOE(TensorType.MXFP4);

  private final TensorType type;

  Quantization(TensorType type) {
    this.type = type;
  }

  /**
   * Reads a name in any case; {@code Q3_K}, {@code Q4_K} and {@code Q5_K} are the medium mixes,
   * {@code MXFP4} is {@link #MXFP4_MOE}.
   *
   * @throws IllegalArgumentException with all names, where there is no such one
   */
  public static Quantization parse(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return switch (upper) {
      case "Q3_K" -> Q3_K_M;
      case "Q4_K" -> Q4_K_M;
      case "Q5_K" -> Q5_K_M;
      case "MXFP4" -> MXFP4_MOE;
      default ->
          Arrays.stream(values())
              .filter(value -> value.name().equals(upper))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          name + " is none of the types that can be written: " + names()));
    };
  }

  /** All names, for people. */
  public static String names() {
    return Arrays.stream(values()).map(Quantization::name).collect(Collectors.joining(", "));
  }

  /** The format of most matrices. */
  public TensorType type() {
    return type;
  }

  /** The value of {@code general.file_type}. */
  long fileType() {
    return GgufFileType.named(name()).orElseThrow();
  }
}
