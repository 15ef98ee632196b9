package dev.flyball.engine.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The arrays of a schema. Behind {@code prefixItems}, further items come only where {@code items}
 * says which.
 */
final class ArrayGrammar {
  private static final int MAX_PREFIX = 200;

  private final SchemaCompiler schemas;
  private final GrammarRules rules;
  private final JsonRules json;

  ArrayGrammar(SchemaCompiler schemas, GrammarRules rules, JsonRules json) {
    this.schemas = schemas;
    this.rules = rules;
    this.json = json;
  }

  Expression array(SchemaNode node) {
    Optional<SchemaNode> items = node.find("items");
    boolean tuple = items.isPresent() && items.get().value() instanceof List<?>;
    Optional<SchemaNode> prefix = tuple ? items : node.find("prefixItems");
    List<SchemaNode> first = prefix.map(SchemaNode::list).orElse(List.of());
    Optional<SchemaNode> rest =
        items
            .filter(schema -> !tuple && !schema.isBoolean(false))
            .or(
                () ->
                    prefix.isEmpty() && items.isEmpty()
                        ? Optional.of(node.child("items", true))
                        : Optional.empty());
    int min = node.count("minItems").orElse(0);
    int max = node.count("maxItems").orElse(Expression.UNLIMITED);
    if (max != Expression.UNLIMITED && max < min) {
      throw node.failure("has a maxItems below its minItems");
    }
    if (max != 1 && node.find("uniqueItems").filter(unique -> unique.isBoolean(true)).isPresent()) {
      return json.enclosed("[", UniqueItems.items(node, min, max, rules, json), "]");
    }
    if (min > first.size() && rest.isEmpty()) {
      throw node.failure("asks for " + min + " items, but describes only " + first.size());
    }
    if (first.size() > MAX_PREFIX) {
      throw node.failure("describes more than " + MAX_PREFIX + " items one by one");
    }
    List<Expression> elements = new ArrayList<>();
    first.forEach(schema -> elements.add(schemas.value(schema)));
    return json.enclosed("[", items(elements, rest.map(schemas::value), min, max), "]");
  }

  private Expression items(List<Expression> first, Optional<Expression> rest, int min, int max) {
    if (max == 0) {
      return Expression.EMPTY;
    }
    if (first.isEmpty()) {
      Expression element = rest.orElse(Expression.EMPTY);
      if (rest.isEmpty()) {
        return element;
      }
      Expression list = json.listed(element, Math.max(min, 1), max);
      return min == 0 ? Expression.optional(list) : list;
    }
    boolean unlimited = max == Expression.UNLIMITED;
    Expression tail = Expression.EMPTY;
    if (rest.isPresent() && (unlimited || max > first.size())) {
      int most = unlimited ? max : max - first.size();
      Expression more = json.preceded(rest.get());
      tail = new Expression.Repeat(more, Math.max(0, min - first.size()), most);
    }
    int described = unlimited ? first.size() : Math.min(first.size(), max);
    for (int i = described - 1; i >= 0; i--) {
      Expression element = i == 0 ? first.get(0) : json.preceded(first.get(i));
      tail = Expression.sequence(element, tail);
      tail = i < min ? tail : Expression.optional(tail);
    }
    return tail;
  }
}
