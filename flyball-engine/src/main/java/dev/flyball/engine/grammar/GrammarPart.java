package dev.flyball.engine.grammar;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a grammar can be put together from, beside its sources in text. Immutable. */
public sealed interface GrammarPart {
  /** Exactly this text. */
  record Text(String text) implements GrammarPart {}

  /** The control token of this text, which is no text: ordinary tokens cannot spell it. */
  record ControlToken(String text) implements GrammarPart {}

  /**
   * A value of a JSON schema.
   *
   * @param schema as {@link Grammar#ofJsonSchema} takes it
   */
  record JsonSchema(@Nullable Object schema) implements GrammarPart {}

  /** What a regular expression matches as a whole, as {@link Grammar#ofRegex} reads it. */
  record Pattern(String regex) implements GrammarPart {}

  /** Any text up to and with the first occurrence of an end, which is not empty. */
  record TextUntil(String end) implements GrammarPart {}

  /** One after the other. */
  record Sequence(List<GrammarPart> parts) implements GrammarPart {
    public Sequence {
      parts = List.copyOf(parts);
    }
  }

  /** Any one of these. */
  record Choice(List<GrammarPart> options) implements GrammarPart {
    public Choice {
      options = List.copyOf(options);
    }
  }

  /** At least {@code min} and at most {@code max} times. */
  record Repeat(GrammarPart part, int min, int max) implements GrammarPart {}

  static GrammarPart text(String text) {
    return new Text(text);
  }

  static GrammarPart sequence(GrammarPart... parts) {
    return new Sequence(List.of(parts));
  }
}
