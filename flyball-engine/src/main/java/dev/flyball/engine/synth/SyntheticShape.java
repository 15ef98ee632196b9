package dev.flyball.engine.synth;

import java.util.List;
import java.util.stream.Stream;

/** What a synthetic model is: sizes of a Llama, or another family's model. Immutable. */
public sealed interface SyntheticShape permits ModelShape, FamilyShape {
  /** As people say it, e.g. {@code llama-3.2-1b}. */
  String name();

  /** Number of tokens. */
  int vocabulary();

  /** The shapes that have names: Llamas, smallest first, then other families. */
  static List<SyntheticShape> named() {
    return Stream.<SyntheticShape>concat(ModelShape.named().stream(), FamilyShape.named().stream())
        .toList();
  }

  /**
   * A shape by its name, or a Llama's from a list as {@link ModelShape#parse} reads it.
   *
   * @throws IllegalArgumentException where the text is neither; the message says what is wrong
   */
  static SyntheticShape parse(String text) {
    return named().stream()
        .filter(shape -> shape.name().equalsIgnoreCase(text.strip()))
        .findFirst()
        .orElseGet(() -> ModelShape.parse(text));
  }
}
