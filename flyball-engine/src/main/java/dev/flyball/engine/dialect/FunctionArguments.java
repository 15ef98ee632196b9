package dev.flyball.engine.dialect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments that the schema of a function describes. */
final class FunctionArguments {
  private FunctionArguments() {}

  /**
   * An argument.
   *
   * @param schema with the definitions of the function's, so that its references can be followed
   */
  record Argument(String name, @Nullable Object schema, boolean required) {
    /** Whether it is text, which some notations write as it is. */
    boolean isText() {
      return schema instanceof Map<?, ?> map && ArgumentValue.isString(map);
    }

    /** The texts that it may be; any where there are none. */
    List<String> texts() {
      if (!(schema instanceof Map<?, ?> map)) {
        return List.of();
      }
      if (map.get("const") instanceof String text) {
        return List.of(text);
      }
      return map.get("enum") instanceof List<?> values
          ? values.stream().filter(String.class::isInstance).map(String.class::cast).toList()
          : List.of();
    }
  }

  /** Whether a function says what its arguments are, were it none. */
  static boolean areDescribed(CallableFunction function) {
    return function.parameters() instanceof Map<?, ?> schema
        && (schema.get("properties") instanceof Map || schema.containsKey("$ref"));
  }

  /** In the schema's order. */
  static List<Argument> of(CallableFunction function) {
    return function.parameters() instanceof Map<?, ?> schema ? of(schema, schema) : List.of();
  }

  /**
   * Those of an object within the schema of a function.
   *
   * @param root the schema of the function
   */
  static List<Argument> of(Map<?, ?> object, Map<?, ?> root) {
    List<Argument> arguments = new ArrayList<>();
    if (object.get("properties") instanceof Map<?, ?> properties) {
      List<?> required = object.get("required") instanceof List<?> names ? names : List.of();
      properties.forEach(
          (name, schema) ->
              arguments.add(
                  new Argument(
                      String.valueOf(name),
                      withDefinitions(schema, root),
                      required.contains(name))));
    }
    return arguments;
  }

  private static @Nullable Object withDefinitions(@Nullable Object schema, Map<?, ?> root) {
    if (!(schema instanceof Map<?, ?> map)) {
      return schema;
    }
    Map<Object, @Nullable Object> whole = new LinkedHashMap<>(map);
    for (String key : List.of("$defs", "definitions")) {
      if (root.containsKey(key)) {
        whole.putIfAbsent(key, root.get(key));
      }
    }
    return whole;
  }
}
