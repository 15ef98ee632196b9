package dev.flyball.engine.grammar;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes plain values as JSON, in one form: no space, and escapes only where they must be. */
final class JsonLiteral {
  static final int MAX_DEPTH = 100;
  static final int MAX_LENGTH = 1_000_000;

  private final StringBuilder text = new StringBuilder();

  private JsonLiteral() {}

  /**
   * A value's text.
   *
   * @param value Map with String keys, List, String, Boolean, Number or null
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where it is none of these, too deep or
   *     too long
   */
  static String text(@Nullable Object value) {
    JsonLiteral literal = new JsonLiteral();
    literal.add(value, 0);
    return literal.text.toString();
  }

  /** What stands for a character within a string. */
  static String escaped(int character) {
    return switch (character) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> character < ' ' ? "\\u%04x".formatted(character) : Character.toString(character);
    };
  }

  /** A string's text between its quotation marks. */
  static String content(String string) {
    StringBuilder content = new StringBuilder();
    string.codePoints().forEach(character -> content.append(escaped(character)));
    return content.toString();
  }

  private void add(@Nullable Object value, int depth) {
    if (depth > MAX_DEPTH || text.length() > MAX_LENGTH) {
      throw GrammarRules.invalid(
          "the schema is too large: %d levels and %d characters are possible"
              .formatted(MAX_DEPTH, MAX_LENGTH));
    }
    switch (value) {
      case null -> text.append("null");
      case String string -> addString(string);
      case Boolean flag -> text.append(flag);
      case Number number when Double.isFinite(number.doubleValue()) -> text.append(number);
      case List<?> list -> {
        String separator = "[";
        for (Object element : list) {
          text.append(separator);
          add(element, depth + 1);
          separator = ",";
        }
        text.append(list.isEmpty() ? "[]" : "]");
      }
      case Map<?, ?> map -> addMap(map, depth);
      default -> throw GrammarRules.invalid("the schema has a value that is no JSON: " + value);
    }
  }

  private void addMap(Map<?, ?> map, int depth) {
    String separator = "{";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(separator);
      addString(String.valueOf(entry.getKey()));
      text.append(':');
      add(entry.getValue(), depth + 1);
      separator = ",";
    }
    text.append(map.isEmpty() ? "{}" : "}");
  }

  private void addString(String string) {
    text.append('"').append(content(string)).append('"');
  }
}
