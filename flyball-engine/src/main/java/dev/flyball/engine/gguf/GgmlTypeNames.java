package dev.flyball.engine.gguf;

import java.util.Map;

/** Names of ggml's tensor types that Flyball cannot read, for messages. */
final class GgmlTypeNames {
  private static final Map<Integer, String> UNREADABLE =
      Map.ofEntries(
          Map.entry(4, "Q4_2"),
          Map.entry(5, "Q4_3"),
          Map.entry(9, "Q8_1"),
          Map.entry(15, "Q8_K"),
          Map.entry(16, "IQ2_XXS"),
          Map.entry(17, "IQ2_XS"),
          Map.entry(18, "IQ3_XXS"),
          Map.entry(19, "IQ1_S"),
          Map.entry(21, "IQ3_S"),
          Map.entry(22, "IQ2_S"),
          Map.entry(24, "I8"),
          Map.entry(25, "I16"),
          Map.entry(26, "I32"),
          Map.entry(27, "I64"),
          Map.entry(28, "F64"),
          Map.entry(29, "IQ1_M"),
          Map.entry(31, "Q4_0_4_4"),
          Map.entry(32, "Q4_0_4_8"),
          Map.entry(33, "Q4_0_8_8"),
          Map.entry(34, "TQ1_0"),
          Map.entry(35, "TQ2_0"),
          Map.entry(40, "NVFP4"));

  private GgmlTypeNames() {}

  static String describe(int id) {
    String name = UNREADABLE.get(id);
    String number = Integer.toUnsignedString(id);
    return name == null ? "ggml type " + number : name + " (ggml type " + number + ")";
  }
}
