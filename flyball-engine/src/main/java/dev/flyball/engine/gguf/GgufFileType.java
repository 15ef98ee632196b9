package dev.flyball.engine.gguf;

import dev.flyball.kernels.TensorType;
import java.util.Map;
import java.util.Optional;

/**
 * The numbers of {@code general.file_type}, which says how most of a model is quantised.
 *
 * <p>Source: llama.cpp's {@code llama_ftype}.
 */
public final class GgufFileType {
  private static final Map<Long, String> NAMES =
      Map.ofEntries(
          Map.entry(0L, "F32"),
          Map.entry(1L, "F16"),
          Map.entry(2L, "Q4_0"),
          Map.entry(3L, "Q4_1"),
          Map.entry(7L, "Q8_0"),
          Map.entry(8L, "Q5_0"),
          Map.entry(9L, "Q5_1"),
          Map.entry(10L, "Q2_K"),
          Map.entry(11L, "Q3_K_S"),
          Map.entry(12L, "Q3_K_M"),
          Map.entry(13L, "Q3_K_L"),
          Map.entry(14L, "Q4_K_S"),
          Map.entry(15L, "Q4_K_M"),
          Map.entry(16L, "Q5_K_S"),
          Map.entry(17L, "Q5_K_M"),
          Map.entry(18L, "Q6_K"),
          Map.entry(21L, "Q2_K_S"),
          Map.entry(25L, "IQ4_NL"),
          Map.entry(30L, "IQ4_XS"),
          Map.entry(32L, "BF16"),
          Map.entry(38L, "MXFP4_MOE"));

  private GgufFileType() {}

  /** The name as people say it, e.g. {@code Q4_K_M}, where Flyball knows the number. */
  public static Optional<String> nameOf(long fileType) {
    return Optional.ofNullable(NAMES.get(fileType));
  }

  /** The number of a name that {@link #nameOf} gives. */
  public static Optional<Long> named(String name) {
    return NAMES.entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** The number for a file whose matrices are all of this type. */
  public static long of(TensorType type) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 1;
      case Q4_0 -> 2;
      case Q4_1 -> 3;
      case Q8_0 -> 7;
      case Q5_0 -> 8;
      case Q5_1 -> 9;
      case Q2_K -> 10;
      case Q3_K -> 11;
      case Q4_K -> 14;
      case Q5_K -> 16;
      case Q6_K -> 18;
      case IQ4_NL -> 25;
      case IQ4_XS -> 30;
      case BF16 -> 32;
      case MXFP4 -> 38;
    };
  }
}
