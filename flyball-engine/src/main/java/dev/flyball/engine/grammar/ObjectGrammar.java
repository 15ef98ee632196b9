package dev.flyball.engine.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a schema: its properties in their order, then additional ones where {@code
 * additionalProperties} asks for them, or no property is described.
 */
final class ObjectGrammar {
  private final SchemaCompiler schemas;
  private final GrammarRules rules;
  private final JsonRules json;

  ObjectGrammar(SchemaCompiler schemas, GrammarRules rules, JsonRules json) {
    this.schemas = schemas;
    this.rules = rules;
    this.json = json;
  }

  private record Property(Expression pair, boolean required) {}

  Expression object(SchemaNode node) {
    Optional<SchemaNode> additional = additional(node);
    Map<String, SchemaNode> described = described(node, additional);
    if (described.isEmpty() && additional.isPresent() && isAnyObject(node, additional.get())) {
      return json.anyObject();
    }
    List<String> required = node.strings("required");
    List<Property> properties = new ArrayList<>();
    described.forEach(
        (name, schema) -> {
          if (schema.isBoolean(false) && !required.contains(name)) {
            return;
          }
          Expression key = Expression.text(JsonLiteral.text(name));
          Expression pair = json.pair(key, schemas.value(schema));
          properties.add(new Property(rules.add("a property", pair), required.contains(name)));
        });
    Optional<Expression> more =
        OpenMembers.of(node, described.keySet(), additional, schemas, json)
            .map(open -> json.pair(open.key(), schemas.value(open.value())))
            .map(pair -> rules.add("additional properties", pair));
    return json.enclosed("{", members(properties, more, sizes(node, properties, more)), "}");
  }

  private static boolean isAnyObject(SchemaNode node, SchemaNode additional) {
    return additional.isBoolean(true)
        && Stream.of("patternProperties", "propertyNames", "minProperties", "maxProperties")
            .noneMatch(node::has);
  }

  /**
   * How many members an object may have, beyond what its properties say.
   *
   * @param notEmpty whether there must be one
   * @param max of additional ones
   */
  private record Sizes(boolean notEmpty, int max) {}

  private static Sizes sizes(
      SchemaNode node, List<Property> properties, Optional<Expression> more) {
    long required = properties.stream().filter(Property::required).count();
    int min = node.count("minProperties").orElse(0);
    if (min > Math.max(1, required)) {
      throw node.child("minProperties", min)
          .failure("can only be 1, or the number of required properties");
    }
    int max = node.count("maxProperties").orElse(Expression.UNLIMITED);
    boolean kept = more.isPresent() ? properties.isEmpty() && max > 0 : max >= properties.size();
    if (max != Expression.UNLIMITED && !kept) {
      throw node.child("maxProperties", max)
          .failure("can only be kept where all properties are additional, or all may be there");
    }
    return new Sizes(min > 0 && required == 0, max);
  }

  private static Optional<SchemaNode> additional(SchemaNode node) {
    Optional<SchemaNode> stated = node.find("additionalProperties");
    if (stated.isPresent()) {
      return stated.filter(schema -> !schema.isBoolean(false));
    }
    boolean describes = node.find("properties").map(SchemaNode::map).isPresent();
    return describes ? Optional.empty() : Optional.of(node.child("additionalProperties", true));
  }

  /** The schemas of the properties that are named anywhere. */
  private static Map<String, SchemaNode> described(
      SchemaNode node, Optional<SchemaNode> additional) {
    Map<String, SchemaNode> described = new LinkedHashMap<>();
    Optional<SchemaNode> properties = node.find("properties");
    if (properties.isPresent()) {
      for (Map.Entry<String, @Nullable Object> entry : properties.get().map().entrySet()) {
        String name = entry.getKey();
        described.put(name, properties.get().child(name, entry.getValue()));
      }
    }
    for (String name : node.strings("required")) {
      if (!described.containsKey(name)) {
        boolean closed =
            node.find("additionalProperties").map(s -> s.isBoolean(false)).orElse(false);
        if (closed) {
          throw node.failure("requires \"" + name + "\", which it does not allow");
        }
        described.put(name, additional.orElse(node.child("properties", true)));
      }
    }
    return described;
  }

  /** Rules from the last property to the first: what follows where a comma is needed, or not. */
  private Expression members(List<Property> properties, Optional<Expression> more, Sizes sizes) {
    Expression first = sizes.notEmpty() ? Expression.NEVER : Expression.EMPTY;
    Expression later = Expression.EMPTY;
    if (more.isPresent()) {
      Expression some = json.listed(more.get(), 1, sizes.max());
      first = sizes.notEmpty() ? some : Expression.optional(some);
      later = Expression.anyNumber(json.preceded(more.get()));
    }
    for (Property property : properties.reversed()) {
      Expression without = first;
      Expression taken = rules.add("properties", Expression.sequence(property.pair(), later));
      Expression takenLater = Expression.sequence(json.preceded(property.pair()), later);
      first =
          property.required()
              ? taken
              : rules.add("properties", Expression.possible(List.of(taken, without)));
      later =
          rules.add(
              "properties",
              property.required() ? takenLater : Expression.choice(takenLater, later));
    }
    return first;
  }
}
