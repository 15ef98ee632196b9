package dev.flyball.engine.dialect;

import static dev.flyball.engine.grammar.GrammarPart.sequence;
import static dev.flyball.engine.grammar.GrammarPart.text;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.grammar.GrammarPart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The grammar of calls as Gemma 4 writes them: keys bare and in alphabetical order, strings between
 * tokens of their own. Of strings' schemas {@code enum} and {@code const} hold; numbers, booleans
 * and null are as JSON's.
 */
final class GemmaGrammar {
  /** References and levels that are followed: a recursive schema has no end here. */
  private static final int MAX_DEPTH = 12;

  /** Members of an object, or items of an array, where the schema gives no limit. */
  private static final int MAX_FREE = 64;

  private static final Pattern SLASH = Pattern.compile("/");
  private static final String QUOTE = LiteralReader.GEMMA_QUOTE;
  private static final GrammarPart FREE_KEY =
      new GrammarPart.Pattern("[A-Za-z_][A-Za-z0-9_]{0,63}");
  private static final Map<String, Object> SCALAR =
      Map.of("type", List.of("number", "boolean", "null"));

  private final MarkerParts markers;

  GemmaGrammar(MarkerParts markers) {
    this.markers = markers;
  }

  /** A call without the markers around it. */
  GrammarPart call(CallableFunction function) {
    GrammarPart arguments =
        function.parameters() instanceof Map<?, ?> schema ? object(schema, schema, 0) : anyObject();
    return sequence(text("call:" + function.name()), arguments);
  }

  private GrammarPart object(Map<?, ?> schema, Map<?, ?> root, int depth) {
    if (schema.get("$ref") instanceof String pointer) {
      return object(resolved(pointer, root), root, deeper(depth));
    }
    if (!(schema.get("properties") instanceof Map)) {
      return anyObject();
    }
    List<Members.Member> members =
        FunctionArguments.of(schema, Map.of()).stream()
            .sorted(Comparator.comparing(FunctionArguments.Argument::name))
            .map(
                argument ->
                    new Members.Member(
                        sequence(
                            text(argument.name() + ":"),
                            value(argument.schema(), root, deeper(depth))),
                        argument.required()))
            .toList();
    return sequence(text("{"), Members.separated(members, ","), text("}"));
  }

  private GrammarPart anyObject() {
    return sequence(
        text("{"), listed(sequence(FREE_KEY, text(":"), anyScalar()), 0, MAX_FREE), text("}"));
  }

  private GrammarPart anyScalar() {
    return choice(string(), new GrammarPart.JsonSchema(SCALAR));
  }

  private GrammarPart value(@Nullable Object schema, Map<?, ?> root, int depth) {
    if (!(schema instanceof Map<?, ?> map)) {
      return anyScalar();
    }
    if (map.get("$ref") instanceof String pointer) {
      return value(resolved(pointer, root), root, deeper(depth));
    }
    for (String key : List.of("anyOf", "oneOf")) {
      if (map.get(key) instanceof List<?> options && !options.isEmpty()) {
        return new GrammarPart.Choice(
            options.stream().map(option -> value(option, root, deeper(depth))).toList());
      }
    }
    if (map.containsKey("const")) {
      return constant(map.get("const"));
    }
    if (map.get("enum") instanceof List<?> values && !values.isEmpty()) {
      return new GrammarPart.Choice(values.stream().map(this::constant).toList());
    }
    if (map.get("type") instanceof List<?> types && !types.isEmpty()) {
      return new GrammarPart.Choice(
          types.stream().map(type -> ofType(String.valueOf(type), map, root, depth)).toList());
    }
    return ofType(map.get("type") instanceof String type ? type : guessed(map), map, root, depth);
  }

  private static String guessed(Map<?, ?> schema) {
    return schema.containsKey("properties") ? "object" : schema.containsKey("items") ? "array" : "";
  }

  private GrammarPart ofType(String type, Map<?, ?> schema, Map<?, ?> root, int depth) {
    return switch (type) {
      case "string" -> string();
      case "object" -> object(schema, root, depth);
      case "array" -> array(schema, root, depth);
      case "number", "integer" -> new GrammarPart.JsonSchema(numeric(type, schema));
      case "boolean", "null" -> new GrammarPart.JsonSchema(Map.of("type", type));
      default -> anyScalar();
    };
  }

  /** A number's schema without what its other types would have. */
  private static Map<Object, @Nullable Object> numeric(String type, Map<?, ?> schema) {
    Map<Object, @Nullable Object> numeric = new LinkedHashMap<>(schema);
    numeric.put("type", type);
    return numeric;
  }

  private GrammarPart array(Map<?, ?> schema, Map<?, ?> root, int depth) {
    GrammarPart item = value(schema.get("items"), root, deeper(depth));
    return sequence(
        text("["),
        listed(item, limit(schema, "minItems", 0), limit(schema, "maxItems", MAX_FREE)),
        text("]"));
  }

  private static int limit(Map<?, ?> schema, String key, int otherwise) {
    return schema.get(key) instanceof Number number
        ? Math.clamp(number.longValue(), 0, 10_000)
        : otherwise;
  }

  private static GrammarPart listed(GrammarPart item, int min, int max) {
    if (max <= 0) {
      return text("");
    }
    GrammarPart some =
        sequence(
            item, new GrammarPart.Repeat(sequence(text(","), item), Math.max(min - 1, 0), max - 1));
    return min > 0 ? some : choice(some, text(""));
  }

  private GrammarPart string() {
    return sequence(markers.marker(QUOTE), markers.textUntil(QUOTE));
  }

  private GrammarPart constant(@Nullable Object value) {
    return switch (value) {
      case String string -> sequence(markers.marker(QUOTE), text(string), markers.marker(QUOTE));
      case List<?> items ->
          sequence(text("["), joined(items.stream().map(this::constant).toList()), text("]"));
      case Map<?, ?> members ->
          sequence(
              text("{"),
              joined(
                  members.entrySet().stream()
                      .map(m -> sequence(text(m.getKey() + ":"), constant(m.getValue())))
                      .toList()),
              text("}"));
      case null, default -> new GrammarPart.JsonSchema(constantSchema(value));
    };
  }

  private static Map<String, @Nullable Object> constantSchema(@Nullable Object value) {
    Map<String, @Nullable Object> schema = new HashMap<>();
    schema.put("const", value);
    return schema;
  }

  private static GrammarPart joined(List<GrammarPart> parts) {
    List<GrammarPart> separated = new ArrayList<>();
    for (GrammarPart part : parts) {
      if (!separated.isEmpty()) {
        separated.add(text(","));
      }
      separated.add(part);
    }
    return new GrammarPart.Sequence(separated);
  }

  private static GrammarPart choice(GrammarPart one, GrammarPart other) {
    return new GrammarPart.Choice(List.of(one, other));
  }

  private static int deeper(int depth) {
    if (depth == MAX_DEPTH) {
      throw new EngineException(
          EngineError.INVALID_INPUT,
          "arguments of a function nest deeper than "
              + MAX_DEPTH
              + " levels, or without an end: calls of it cannot be forced with this model");
    }
    return depth + 1;
  }

  private static Map<?, ?> resolved(String pointer, Map<?, ?> root) {
    @Nullable Object found = pointer.startsWith("#") ? root : null;
    for (String part : SLASH.split(pointer.substring(1), -1)) {
      String key = part.replace("~1", "/").replace("~0", "~");
      found = key.isEmpty() || !(found instanceof Map<?, ?> map) ? found : map.get(key);
    }
    if (found instanceof Map<?, ?> schema) {
      return schema;
    }
    throw new EngineException(
        EngineError.INVALID_INPUT, "the reference " + pointer + " leads to no schema");
  }
}
