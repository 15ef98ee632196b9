package dev.flyball.engine.cache;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How keys and values are to be kept by models that run on generated code. */
public enum CacheType {
  /** Halves for models with quantised weights, floats for others. */
  AUTOMATIC("automatic"),
  /** 4 bytes a number. */
  F32("f32"),
  /** 2 bytes a number. */
  F16("f16"),
  /** 9 bits a number: signed bytes, 32 of them with a scale. */
  Q8_0("q8_0"),
  /** Keys as Q8_0, values as Q4_0: 6.75 bits a number where both have the same length. */
  Q8_0_Q4_0("q8_0/q4_0"),
  /** 4.5 bits a number: 32 with a scale. */
  Q4_0("q4_0");

  private final String label;

  CacheType(String label) {
    this.label = label;
  }

  /** As options and receipts name it, keys before values where they differ. */
  public String label() {
    return label;
  }

  /**
   * The type of a name, as {@link #label()} gives it, in upper or lower case; {@code auto} and no
   * name at all are {@link #AUTOMATIC}.
   */
  public static Optional<CacheType> of(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT);
    if (wanted.isEmpty() || wanted.equals("auto")) {
      return Optional.of(AUTOMATIC);
    }
    return Arrays.stream(values()).filter(type -> type.label.equals(wanted)).findFirst();
  }

  /**
   * The storage of this type for generated code.
   *
   * @throws IllegalStateException where that is not decided
   */
  public KvStorage inNativeMemory() {
    return switch (this) {
      case AUTOMATIC -> throw new IllegalStateException("the type is not decided");
      case F32 -> KvStorage.NATIVE_F32;
      case F16 -> KvStorage.NATIVE_F16;
      case Q8_0 -> KvStorage.NATIVE_Q8_0;
      case Q8_0_Q4_0 -> KvStorage.NATIVE_Q8_0_Q4_0;
      case Q4_0 -> KvStorage.NATIVE_Q4_0;
    };
  }
}
