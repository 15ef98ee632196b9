package dev.flyball.engine.dialect;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text of an argument that was not written as JSON, and how to say it in JSON. */
record ArgumentValue(String text) {
  private static final Pattern LITERAL =
      Pattern.compile("true|false|null|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

  /** As JSON of the type that a function's schema gives an argument; by its looks without one. */
  String asTypeOf(@Nullable CallableFunction function, String key) {
    return function != null && isString(function.parameters(), key) ? quoted(text) : json();
  }

  private static boolean isString(@Nullable Object schema, String key) {
    return schema instanceof Map<?, ?> map
        && map.get("properties") instanceof Map<?, ?> properties
        && properties.get(key) instanceof Map<?, ?> property
        && isString(property);
  }

  /** Whether a schema is that of a string, perhaps among others. */
  static boolean isString(Map<?, ?> schema) {
    return schema.get("type") instanceof List<?> types
        ? types.contains("string")
        : "string".equals(schema.get("type"));
  }

  /** The text where it is JSON, else a string of it. */
  String json() {
    String value = text.strip();
    return LITERAL.matcher(value).matches() || isWhole(value) ? value : quoted(text);
  }

  /** The text where it is a number or another literal of JSON, else a string of it. */
  String literal() {
    return LITERAL.matcher(text).matches() ? text : quoted(text);
  }

  private static boolean isWhole(String value) {
    if (value.isEmpty() || "{[\"".indexOf(value.charAt(0)) < 0) {
      return false;
    }
    JsonScanner scanner = new JsonScanner();
    for (int i = 0; i < value.length(); i++) {
      JsonScanner.Status status = scanner.accept(value.charAt(i));
      if (status != JsonScanner.Status.OPEN) {
        return status == JsonScanner.Status.COMPLETE && i == value.length() - 1;
      }
    }
    return false;
  }

  static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      appendEscaped(text.charAt(i), json);
    }
    return json.append('"').toString();
  }

  /** Appends a character as it stands within a JSON string. */
  static void appendEscaped(char c, StringBuilder json) {
    switch (c) {
      case '"' -> json.append("\\\"");
      case '\\' -> json.append("\\\\");
      case '\n' -> json.append("\\n");
      case '\t' -> json.append("\\t");
      case '\r' -> json.append("\\r");
      default -> {
        if (c < ' ') {
          json.append("\\u%04x".formatted((int) c));
        } else {
          json.append(c);
        }
      }
    }
  }
}
