package dev.flyball.engine.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keyword {@code not}, where it names types or values. Types are taken from those that the
 * schema allows, values from its {@code enum}; a string that must not be is left to {@link
 * StringGrammar}.
 */
final class SchemaNegation {
  private static final List<String> ALL_TYPES =
      List.of("object", "array", "string", "number", "boolean", "null");

  private SchemaNegation() {}

  /**
   * The same schema with no {@code not}, or one that names nothing but strings.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where the keyword says more
   */
  static SchemaNode applied(SchemaNode node) {
    Optional<SchemaNode> not = node.find("not");
    if (not.isEmpty()) {
      return node;
    }
    List<String> keywords =
        not.get().map().keySet().stream().filter(SchemaKeywords::constrains).toList();
    return switch (keywords.size() == 1 ? keywords.getFirst() : "") {
      case "type" -> withoutTypes(node, not.get());
      case "const", "enum" -> withoutValues(node, not.get());
      default -> throw not.get().failure("can only name a type, a const or an enum");
    };
  }

  private static SchemaNode withoutTypes(SchemaNode node, SchemaNode not) {
    List<String> excluded = SchemaKeywords.named(not.child("type", not.map().get("type")));
    List<String> types = new ArrayList<>(types(node));
    if (excluded.contains("integer") && types.contains("number") && !excluded.contains("number")) {
      throw not.failure("cannot keep integers from numbers");
    }
    types.removeAll(excluded);
    if (excluded.contains("number")) {
      types.remove("integer");
    }
    if (types.isEmpty()) {
      throw not.failure("leaves no type");
    }
    return withTypes(node.without("not"), types);
  }

  private static SchemaNode withoutValues(SchemaNode node, SchemaNode not) {
    List<@Nullable Object> excluded = SchemaLiterals.allowed(not);
    if (node.has("const") || node.has("enum")) {
      Set<String> texts = excluded.stream().map(SchemaLiterals::text).collect(Collectors.toSet());
      Map<String, @Nullable Object> rest = node.without("not").without("const").map();
      rest.put(
          "enum",
          SchemaLiterals.allowed(node).stream()
              .filter(value -> !texts.contains(SchemaLiterals.text(value)))
              .toList());
      return node.with(rest);
    }
    List<String> types = types(node);
    for (Object value : excluded) {
      if (!(value instanceof String)
          && types.stream().anyMatch(type -> SchemaLiterals.isOf(type, value))) {
        throw not.failure("can keep out only strings, or values of an enum");
      }
    }
    return withTypes(node, types);
  }

  private static List<String> types(SchemaNode node) {
    List<String> types = SchemaKeywords.types(node);
    return types.isEmpty() && !node.has("type") ? ALL_TYPES : types;
  }

  private static SchemaNode withTypes(SchemaNode node, List<String> types) {
    Map<String, @Nullable Object> typed = new LinkedHashMap<>(node.map());
    typed.put("type", types);
    return node.with(typed);
  }
}
