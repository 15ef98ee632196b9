package dev.flyball.engine.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/** Whether a value satisfies a schema, read straight from the specification; for tests only. */
final class SchemaValidator {
  private final JsonNode root;

  SchemaValidator(JsonNode root) {
    this.root = root;
  }

  boolean isValid(JsonNode value) {
    return isValid(root, value);
  }

  private boolean isValid(JsonNode schema, JsonNode value) {
    if (schema.isBoolean()) {
      return schema.booleanValue();
    }
    return reference(schema, value)
        && branches(schema, value)
        && type(schema, value)
        && literal(schema, value)
        && (!value.isTextual() || string(schema, value.textValue()))
        && (!value.isNumber() || number(schema, value))
        && (!value.isArray() || array(schema, value))
        && (!value.isObject() || object(schema, value));
  }

  private boolean reference(JsonNode schema, JsonNode value) {
    return !schema.has("$ref")
        || isValid(root.at(schema.get("$ref").textValue().substring(1)), value);
  }

  private boolean branches(JsonNode schema, JsonNode value) {
    for (JsonNode part : schema.path("allOf")) {
      if (!isValid(part, value)) {
        return false;
      }
    }
    return !(schema.has("not") && isValid(schema.get("not"), value))
        && (!schema.has("anyOf") || count(schema.get("anyOf"), value) > 0)
        && (!schema.has("oneOf") || count(schema.get("oneOf"), value) == 1);
  }

  private int count(JsonNode schemas, JsonNode value) {
    int count = 0;
    for (JsonNode schema : schemas) {
      count += isValid(schema, value) ? 1 : 0;
    }
    return count;
  }

  private static boolean type(JsonNode schema, JsonNode value) {
    JsonNode type = schema.path("type");
    if (type.isArray()) {
      for (JsonNode option : type) {
        if (isOf(option.textValue(), value)) {
          return true;
        }
      }
      return false;
    }
    return type.isMissingNode() || isOf(type.textValue(), value);
  }

  private static boolean isOf(String type, JsonNode value) {
    return switch (type) {
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "string" -> value.isTextual();
      case "array" -> value.isArray();
      case "object" -> value.isObject();
      case "boolean" -> value.isBoolean();
      default -> value.isNull();
    };
  }

  private static boolean literal(JsonNode schema, JsonNode value) {
    if (schema.has("const") && !schema.get("const").equals(value)) {
      return false;
    }
    boolean found = !schema.has("enum");
    for (JsonNode option : schema.path("enum")) {
      found |= option.equals(value);
    }
    return found;
  }

  private static boolean string(JsonNode schema, String text) {
    int length = text.codePointCount(0, text.length());
    return length >= schema.path("minLength").asInt(0)
        && length <= schema.path("maxLength").asInt(Integer.MAX_VALUE)
        && (!schema.has("pattern")
            || Pattern.compile(schema.get("pattern").textValue()).matcher(text).find());
  }

  private static boolean number(JsonNode schema, JsonNode value) {
    var number = value.decimalValue();
    return (!schema.has("multipleOf")
            || number.remainder(schema.get("multipleOf").decimalValue()).signum() == 0)
        && (!schema.has("minimum") || number.compareTo(schema.get("minimum").decimalValue()) >= 0)
        && (!schema.has("maximum") || number.compareTo(schema.get("maximum").decimalValue()) <= 0)
        && (!schema.has("exclusiveMinimum")
            || number.compareTo(schema.get("exclusiveMinimum").decimalValue()) > 0)
        && (!schema.has("exclusiveMaximum")
            || number.compareTo(schema.get("exclusiveMaximum").decimalValue()) < 0);
  }

  private boolean array(JsonNode schema, JsonNode array) {
    if (array.size() < schema.path("minItems").asInt(0)
        || array.size() > schema.path("maxItems").asInt(Integer.MAX_VALUE)) {
      return false;
    }
    for (int i = 0; i < array.size(); i++) {
      for (int j = 0; j < i && schema.path("uniqueItems").asBoolean(); j++) {
        if (array.get(i).equals(array.get(j))) {
          return false;
        }
      }
      JsonNode own = schema.path("prefixItems").path(i);
      JsonNode rule = own.isMissingNode() ? schema.path("items") : own;
      if (!rule.isMissingNode() && !isValid(rule, array.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean object(JsonNode schema, JsonNode object) {
    for (JsonNode name : schema.path("required")) {
      if (!object.has(name.textValue())) {
        return false;
      }
    }
    return object.properties().stream()
        .allMatch(
            entry -> {
              JsonNode own = schema.path("properties").path(entry.getKey());
              JsonNode rule = own.isMissingNode() ? open(schema, entry.getKey()) : own;
              return rule.isMissingNode() || isValid(rule, entry.getValue());
            });
  }

  private static JsonNode open(JsonNode schema, String name) {
    return schema.path("patternProperties").properties().stream()
        .filter(entry -> Pattern.compile(entry.getKey()).matcher(name).find())
        .map(entry -> entry.getValue())
        .findFirst()
        .orElse(schema.path("additionalProperties"));
  }
}
