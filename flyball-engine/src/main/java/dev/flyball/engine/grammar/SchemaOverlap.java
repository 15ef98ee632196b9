package dev.flyball.engine.grammar;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether one value could satisfy two schemas. {@code oneOf} forbids that, and a grammar cannot
 * look back, so it must be plain from the schemas: other types, other constants, or another
 * constant in a property that both require.
 */
final class SchemaOverlap {
  private SchemaOverlap() {}

  /**
   * Checks every two branches.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where two may overlap
   */
  static void refuse(SchemaNode oneOf, List<SchemaNode> branches) {
    for (int i = 0; i < branches.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (mayOverlap(branches.get(j), branches.get(i))) {
          throw oneOf.failure(
              "may be satisfied by its schemas %d and %d at once; say anyOf, or tell them apart by type or by a required property with const"
                  .formatted(j, i));
        }
      }
    }
  }

  private static boolean mayOverlap(SchemaNode one, SchemaNode other) {
    if (haveLiterals(one) && haveLiterals(other)) {
      return share(literals(one), literals(other));
    }
    Set<String> types = types(one);
    Set<String> otherTypes = types(other);
    if (!types.isEmpty() && !otherTypes.isEmpty() && !share(types, otherTypes)) {
      return false;
    }
    Set<String> required = new HashSet<>(one.strings("required"));
    required.retainAll(other.strings("required"));
    return required.stream().noneMatch(name -> toldApartBy(name, one, other));
  }

  private static boolean toldApartBy(String name, SchemaNode one, SchemaNode other) {
    Optional<SchemaNode> property = one.find("properties").flatMap(node -> node.find(name));
    Optional<SchemaNode> others = other.find("properties").flatMap(node -> node.find(name));
    return property.isPresent()
        && others.isPresent()
        && haveLiterals(property.get())
        && haveLiterals(others.get())
        && !share(literals(property.get()), literals(others.get()));
  }

  private static boolean haveLiterals(SchemaNode node) {
    return node.has("const") || node.has("enum");
  }

  private static Set<String> literals(SchemaNode node) {
    return SchemaLiterals.allowed(node).stream()
        .map(SchemaLiterals::text)
        .collect(Collectors.toSet());
  }

  private static Set<String> types(SchemaNode node) {
    return SchemaKeywords.types(node).stream()
        .map(type -> type.equals("integer") ? "number" : type)
        .collect(Collectors.toSet());
  }

  private static boolean share(Set<String> one, Set<String> other) {
    return one.stream().anyMatch(other::contains);
  }
}
