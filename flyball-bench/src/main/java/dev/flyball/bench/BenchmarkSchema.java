package dev.flyball.bench;

import dev.flyball.engine.grammar.Grammar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ordinary schemas, each with an answer to it. */
public enum BenchmarkSchema {
  /** Strings, a bounded integer, a list. */
  RECORD(
      "{\"name\": \"Ada Lovelace\", \"age\": 36, \"tags\": [\"maths\", \"engines\"], \"note\":"
          + " \"She wrote the first program, they say.\"}"),
  /** Strings of limited length. */
  LENGTHS(
      "{\"title\": \"A short note on the engine\", \"body\": \"It weaves algebraical patterns just as"
          + " the Jacquard loom weaves flowers.\"}"),
  /** A choice of constants, a number, a flag: little text. */
  LABELS("{\"label\": \"spam\", \"score\": 0.97, \"sure\": true}"),
  /** A reference to itself, alternatives, a pattern, a choice of constants. */
  TREE(
      "{\"id\": \"AB-1234\", \"status\": \"open\", \"value\": 12.5, \"children\": [{\"id\": \"CD-5678\","
          + " \"status\": \"done\", \"value\": \"none yet\", \"children\": []}]}"),
  /** Any JSON object. */
  ANY(
      "{\"name\": \"Ada\", \"list\": [1, 2.5, {\"deep\": [null, true, \"yes\"]}], \"text\":"
          + " \"a\\nb\"}");

  private final String answer;

  BenchmarkSchema(String answer) {
    this.answer = answer;
  }

  String answer() {
    return answer;
  }

  private Map<String, Object> properties() {
    Map<String, Object> text = Map.of("type", "string");
    return switch (this) {
      case RECORD ->
          properties(
              "name",
              text,
              "age",
              Map.of("type", "integer", "minimum", 0, "maximum", 150),
              "tags",
              Map.of("type", "array", "items", text),
              "note",
              text);
      case LENGTHS ->
          properties(
              "title", Map.of("type", "string", "minLength", 3, "maxLength", 80),
              "body", Map.of("type", "string", "maxLength", 200));
      case LABELS ->
          properties(
              "label", Map.of("enum", List.of("spam", "ham", "unknown")),
              "score", Map.of("type", "number"),
              "sure", Map.of("type", "boolean"));
      case TREE ->
          properties(
              "id", Map.of("type", "string", "pattern", "^[A-Z]{2}-[0-9]{4}$"),
              "status", Map.of("enum", List.of("open", "done")),
              "value", Map.of("anyOf", List.of(Map.of("type", "number"), text)),
              "children", Map.of("type", "array", "items", Map.of("$ref", "#")));
      case ANY -> Map.of();
    };
  }

  /** Schemas of other numbers are other schemas. */
  Grammar grammar(int number) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("title", "schema " + number);
    schema.put("type", "object");
    Map<String, Object> properties = properties();
    if (!properties.isEmpty()) {
      schema.put("properties", properties);
      schema.put("required", List.copyOf(properties.keySet()));
    }
    return Grammar.ofJsonSchema(schema);
  }

  private static Map<String, Object> properties(Object... namesAndSchemas) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (int i = 0; i < namesAndSchemas.length; i += 2) {
      properties.put(namesAndSchemas[i].toString(), namesAndSchemas[i + 1]);
    }
    return properties;
  }
}
