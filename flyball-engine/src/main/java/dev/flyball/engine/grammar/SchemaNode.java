package dev.flyball.engine.grammar;

import dev.flyball.engine.EngineException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A value within a schema and where it stands.
 *
 * @param pointer a JSON pointer (RFC 6901) from the schema's root
 */
record SchemaNode(String pointer, @Nullable Object value) {
  /** Longest length or number of items that a schema may ask for. */
  static final int MAX_COUNT = 100_000;

  private static final int MAX_NUMBER_DIGITS = 40;

  boolean isBoolean(boolean flag) {
    return Boolean.valueOf(flag).equals(value);
  }

  boolean has(String keyword) {
    return value instanceof Map<?, ?> map && map.containsKey(keyword);
  }

  Optional<SchemaNode> find(String keyword) {
    return value instanceof Map<?, ?> map && map.containsKey(keyword)
        ? Optional.of(child(keyword, map.get(keyword)))
        : Optional.empty();
  }

  /** The keywords, in their order. */
  Map<String, @Nullable Object> map() {
    if (!(value instanceof Map<?, ?> map)) {
      throw failure("must be an object");
    }
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((key, element) -> copy.put(String.valueOf(key), element));
    return copy;
  }

  /** The same place with other keywords. */
  SchemaNode with(Map<String, @Nullable Object> keywords) {
    return new SchemaNode(pointer, keywords);
  }

  SchemaNode without(String keyword) {
    Map<String, @Nullable Object> rest = map();
    rest.remove(keyword);
    return with(rest);
  }

  List<SchemaNode> list() {
    if (!(value instanceof List<?> list)) {
      throw failure("must be an array");
    }
    List<SchemaNode> nodes = new ArrayList<>();
    for (Object element : list) {
      nodes.add(child(Integer.toString(nodes.size()), element));
    }
    return nodes;
  }

  String string() {
    if (!(value instanceof String string)) {
      throw failure("must be a string");
    }
    return string;
  }

  List<String> strings(String keyword) {
    return find(keyword).map(SchemaNode::list).orElse(List.of()).stream()
        .map(SchemaNode::string)
        .toList();
  }

  OptionalInt count(String keyword) {
    Optional<SchemaNode> node = find(keyword);
    if (node.isEmpty()) {
      return OptionalInt.empty();
    }
    BigDecimal number = node.get().number();
    if (number.signum() < 0
        || number.stripTrailingZeros().scale() > 0
        || number.compareTo(BigDecimal.valueOf(MAX_COUNT)) > 0) {
      throw node.get().failure("must be an integer from 0 to " + MAX_COUNT);
    }
    return OptionalInt.of(number.intValue());
  }

  Optional<BigDecimal> number(String keyword) {
    return find(keyword).map(SchemaNode::number);
  }

  BigDecimal number() {
    if (!(value instanceof Number number) || !Double.isFinite(number.doubleValue())) {
      throw failure("must be a number");
    }
    BigDecimal decimal = new BigDecimal(number.toString()).stripTrailingZeros();
    if (decimal.precision() > MAX_NUMBER_DIGITS || Math.abs(decimal.scale()) > MAX_NUMBER_DIGITS) {
      throw failure("is a number of more than " + MAX_NUMBER_DIGITS + " digits");
    }
    return decimal;
  }

  SchemaNode child(String name, @Nullable Object element) {
    return new SchemaNode(pointer + "/" + name.replace("~", "~0").replace("/", "~1"), element);
  }

  /** What is wrong with it. */
  EngineException failure(String problem) {
    return GrammarRules.invalid(
        "the JSON schema at " + (pointer.isEmpty() ? "its root" : pointer) + " " + problem);
  }
}
