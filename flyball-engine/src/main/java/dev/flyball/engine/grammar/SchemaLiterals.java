package dev.flyball.engine.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The values that {@code const} and {@code enum} name. */
final class SchemaLiterals {
  private SchemaLiterals() {}

  /** Those that are in both, where there are both, and of the types that are named. */
  static List<@Nullable Object> allowed(SchemaNode node) {
    List<@Nullable Object> values = new ArrayList<>();
    Optional<SchemaNode> constant = node.find("const");
    Optional<SchemaNode> listed = node.find("enum");
    if (listed.isPresent()) {
      listed.get().list().forEach(element -> values.add(element.value()));
    } else {
      constant.ifPresent(element -> values.add(element.value()));
    }
    List<String> types = SchemaKeywords.types(node);
    List<@Nullable Object> allowed = new ArrayList<>();
    for (Object value : values) {
      boolean isConstant =
          constant.map(element -> text(element.value()).equals(text(value))).orElse(true);
      if (isConstant && (types.isEmpty() || types.stream().anyMatch(type -> isOf(type, value)))) {
        allowed.add(value);
      }
    }
    return allowed;
  }

  /** A value's text, by which values are compared. */
  static String text(@Nullable Object value) {
    return JsonLiteral.text(value);
  }

  /** Whether a value is of a type. */
  static boolean isOf(String type, @Nullable Object value) {
    return switch (type) {
      case "null" -> value == null;
      case "boolean" -> value instanceof Boolean;
      case "string" -> value instanceof String;
      case "array" -> value instanceof List<?>;
      case "object" -> value instanceof Map<?, ?>;
      case "number" -> value instanceof Number;
      case "integer" ->
          value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue());
      default -> false;
    };
  }
}
