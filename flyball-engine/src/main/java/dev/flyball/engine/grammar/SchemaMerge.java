package dev.flyball.engine.grammar;

import dev.flyball.engine.EngineException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One schema for the values that satisfy two. What cannot be put into one is an error. */
final class SchemaMerge {
  private SchemaMerge() {}

  /**
   * Both at the first one's place.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where they cannot be combined
   */
  static SchemaNode of(SchemaNode one, SchemaNode other) {
    if (other.isBoolean(true)) {
      return one;
    }
    Map<String, @Nullable Object> merged = one.map();
    checkClosed(one, other);
    checkClosed(other, one);
    for (Map.Entry<String, @Nullable Object> entry : other.map().entrySet()) {
      String keyword = entry.getKey();
      if (!SchemaKeywords.constrains(keyword)) {
        continue;
      }
      merged.put(
          keyword,
          merged.containsKey(keyword)
              ? both(one, keyword, merged.get(keyword), entry.getValue())
              : entry.getValue());
    }
    return one.with(merged);
  }

  private static @Nullable Object both(
      SchemaNode place, String keyword, @Nullable Object one, @Nullable Object other) {
    if (Objects.equals(one, other)) {
      return one;
    }
    SchemaNode first = place.child(keyword, one);
    SchemaNode second = place.child(keyword, other);
    return switch (keyword) {
      case "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties" ->
          first.number().max(second.number());
      case "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties" ->
          first.number().min(second.number());
      case "required" -> {
        Set<@Nullable Object> names = new LinkedHashSet<>();
        first.list().forEach(name -> names.add(name.string()));
        second.list().forEach(name -> names.add(name.string()));
        yield new ArrayList<>(names);
      }
      case "properties" -> bothProperties(first, second);
      case "type" -> commonTypes(first, second);
      case "uniqueItems" -> first.isBoolean(true) || second.isBoolean(true);
      case "additionalProperties" -> {
        if (first.isBoolean(true) || second.isBoolean(true)) {
          yield first.isBoolean(true) ? other : one;
        }
        throw conflict(first);
      }
      default -> throw conflict(first);
    };
  }

  private static EngineException conflict(SchemaNode node) {
    return node.failure("is demanded twice in ways that cannot be combined (allOf, $ref, anyOf)");
  }

  private static Map<String, @Nullable Object> bothProperties(SchemaNode one, SchemaNode other) {
    Map<String, @Nullable Object> merged = new LinkedHashMap<>(one.map());
    for (Map.Entry<String, @Nullable Object> entry : other.map().entrySet()) {
      String name = entry.getKey();
      Object schema = entry.getValue();
      if (merged.containsKey(name) && !Objects.equals(merged.get(name), schema)) {
        List<@Nullable Object> both = new ArrayList<>();
        both.add(merged.get(name));
        both.add(schema);
        merged.put(name, Map.of("allOf", both));
      } else {
        merged.put(name, schema);
      }
    }
    return merged;
  }

  private static List<String> commonTypes(SchemaNode one, SchemaNode other) {
    List<String> common = new ArrayList<>();
    for (String first : SchemaKeywords.named(one)) {
      for (String second : SchemaKeywords.named(other)) {
        boolean bothNumbers = isNumber(first) && isNumber(second);
        if (first.equals(second) || bothNumbers) {
          common.add(first.equals(second) ? first : "integer");
        }
      }
    }
    if (common.isEmpty()) {
      throw conflict(one);
    }
    return common.stream().distinct().toList();
  }

  private static boolean isNumber(String type) {
    return type.equals("number") || type.equals("integer");
  }

  /** A schema that allows no properties but its own must have those of the other one. */
  private static void checkClosed(SchemaNode closed, SchemaNode other) {
    boolean open =
        closed.find("additionalProperties").map(node -> node.isBoolean(true)).orElse(true);
    if (open) {
      return;
    }
    Set<String> own = closed.find("properties").map(node -> node.map().keySet()).orElse(Set.of());
    Set<String> others = other.find("properties").map(node -> node.map().keySet()).orElse(Set.of());
    if (!own.containsAll(others)) {
      throw closed.failure(
          "limits additionalProperties, but is combined with a schema that has other properties");
    }
  }
}
