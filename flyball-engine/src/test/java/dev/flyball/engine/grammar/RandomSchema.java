package dev.flyball.engine.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Schemas that can be satisfied, at random. */
final class RandomSchema {
  private final Random random;

  RandomSchema(Random random) {
    this.random = random;
  }

  Map<String, Object> next(int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 9)) {
      case 0 -> number("integer", 0);
      case 1 -> number("number", random.nextInt(3));
      case 2 -> string();
      case 3 -> Map.of("type", List.of("boolean", "null"));
      case 4 -> Map.of("enum", List.of("a", 1, true, "b\"c"));
      case 5 -> random.nextInt(3) == 0 ? set() : array(depth);
      case 6 -> Map.of("anyOf", List.of(next(depth - 1), next(depth - 1)));
      default -> object(depth);
    };
  }

  private Map<String, Object> number(String type, int decimals) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", type);
    double scale = Math.pow(10, decimals);
    double from = Math.round((random.nextDouble() - 0.5) * 400 * scale) / scale;
    double to = from + 2 + Math.round(random.nextDouble() * 300 * scale) / scale;
    if (random.nextInt(3) > 0) {
      schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", from);
    }
    if (random.nextInt(3) > 0) {
      schema.put(random.nextBoolean() ? "maximum" : "exclusiveMaximum", to);
    }
    if (type.equals("integer") && schema.size() < 3 && random.nextBoolean()) {
      schema.put("multipleOf", 1 + random.nextInt(12));
    }
    return schema;
  }

  private Map<String, Object> string() {
    return switch (random.nextInt(4)) {
      case 0 -> Map.of("type", "string", "pattern", "^[a-z\"\\\\]{1,3}[^a]?$");
      case 1 -> Map.of("type", "string", "minLength", 1, "maxLength", 1 + random.nextInt(8));
      case 2 -> Map.of("type", "string", "not", Map.of("enum", List.of("", "a", "\"")));
      default -> Map.of("type", "string");
    };
  }

  private Map<String, Object> set() {
    return Map.of(
        "type",
        "array",
        "uniqueItems",
        true,
        "items",
        Map.of("enum", List.of(1, "a", false)),
        "minItems",
        random.nextInt(4));
  }

  private Map<String, Object> array(int depth) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "array");
    schema.put("items", next(depth - 1));
    if (random.nextBoolean()) {
      schema.put("prefixItems", List.of(next(depth - 1), next(0)));
    }
    schema.put("minItems", random.nextInt(3));
    if (random.nextBoolean()) {
      schema.put("maxItems", 3);
    }
    return schema;
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<Object> required = new ArrayList<>();
    for (String name : List.of("a", "ab", "x\"y", "é")) {
      if (random.nextBoolean()) {
        properties.put(name, next(depth - 1));
        if (random.nextBoolean()) {
          required.add(name);
        }
      }
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put("required", required);
    if (random.nextInt(4) == 0) {
      schema.put("patternProperties", Map.of("^[y\"]", next(0)));
    } else if (random.nextBoolean()) {
      schema.put("additionalProperties", random.nextBoolean() ? next(0) : (Object) false);
    }
    return schema;
  }
}
