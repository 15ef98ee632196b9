package dev.flyball.engine.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which keywords of JSON schema mean what; the others say nothing about values. */
final class SchemaKeywords {
  private static final Set<String> REFUSED =
      Set.of(
          "if",
          "then",
          "else",
          "contains",
          "minContains",
          "maxContains",
          "dependencies",
          "dependentRequired",
          "dependentSchemas",
          "unevaluatedItems",
          "unevaluatedProperties",
          "additionalItems",
          "$dynamicRef",
          "$recursiveRef");

  private static final Map<String, List<String>> BY_TYPE =
      Map.of(
          "object",
          List.of(
              "properties",
              "required",
              "additionalProperties",
              "patternProperties",
              "propertyNames",
              "minProperties",
              "maxProperties"),
          "array",
          List.of("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
          "string",
          List.of("minLength", "maxLength", "pattern", "format"),
          "number",
          List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"));

  private static final Set<String> OF_ANY_TYPE =
      Set.of("type", "const", "enum", "anyOf", "oneOf", "allOf", "not", "$ref");

  private SchemaKeywords() {}

  /** Whether a keyword says something about values. */
  static boolean constrains(String keyword) {
    return OF_ANY_TYPE.contains(keyword)
        || REFUSED.contains(keyword)
        || BY_TYPE.values().stream().anyMatch(keywords -> keywords.contains(keyword));
  }

  static boolean constrains(SchemaNode node) {
    return node.map().keySet().stream().anyMatch(SchemaKeywords::constrains);
  }

  /**
   * Fails for what is not supported.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT
   */
  static void check(SchemaNode node) {
    for (String keyword : node.map().keySet()) {
      if (REFUSED.contains(keyword)) {
        throw node.child(keyword, null).failure("is a keyword that is not supported");
      }
    }
  }

  /** The keywords of another type than the text's own would not apply; these do, to some types. */
  static Optional<String> firstOfValues(SchemaNode node) {
    return BY_TYPE.values().stream().flatMap(List::stream).filter(node::has).findFirst();
  }

  /**
   * The types of a schema: those that it names; else those whose keywords it has; none where it has
   * none, so that any value will do.
   */
  static List<String> types(SchemaNode node) {
    Optional<SchemaNode> named = node.find("type");
    if (named.isPresent()) {
      return named(named.get());
    }
    List<String> types = new ArrayList<>();
    for (String type : List.of("object", "array", "string", "number")) {
      if (BY_TYPE.getOrDefault(type, List.of()).stream().anyMatch(node::has)) {
        types.add(type);
      }
    }
    return types;
  }

  /** The types that a keyword {@code type} names. */
  static List<String> named(SchemaNode type) {
    return type.value() instanceof List<?>
        ? type.list().stream().map(SchemaNode::string).distinct().toList()
        : List.of(type.string());
  }
}
