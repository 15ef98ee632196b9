package dev.flyball.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.dialect.CallableFunction;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.json.JsonTree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code tools}, {@code tool_choice} and {@code parallel_tool_calls}. */
final class ToolFields {
  private static final String CHOICE = "tool_choice";
  private static final Map<String, @Nullable Object> ANY_ARGUMENTS = Map.of("type", "object");
  private static final Map<String, @Nullable Object> NO_ARGUMENTS =
      Map.of("type", "object", "properties", Map.of());

  private final JsonFields fields;
  private final List<CallableFunction> functions = new ArrayList<>();
  private boolean anyStrict;

  private ToolFields(JsonFields fields) {
    this.fields = fields;
  }

  static ToolChoice parse(JsonFields fields) {
    ToolFields reader = new ToolFields(fields);
    Optional<JsonNode> choice = fields.node(CHOICE);
    boolean parallel = fields.flag("parallel_tool_calls", true);
    if (choice.isPresent() && choice.get().isTextual() && reader.isNone(choice.get())) {
      return ToolChoice.NONE;
    }
    for (JsonNode tool : fields.array("tools")) {
      reader.add(tool);
    }
    if (choice.isEmpty() || choice.get().asText().equals("auto")) {
      return reader.functions.isEmpty()
          ? ToolChoice.NONE
          : new ToolChoice(reader.functions, false, reader.anyStrict || !parallel, parallel);
    }
    List<CallableFunction> chosen =
        choice.get().isTextual() ? reader.functions : reader.named(choice.get());
    if (chosen.isEmpty()) {
      throw fields.invalid(CHOICE, "asks for a call, but there are no tools");
    }
    return new ToolChoice(chosen, true, true, parallel);
  }

  private boolean isNone(JsonNode choice) {
    String mode = choice.textValue();
    if (!List.of("none", "auto", "required").contains(mode)) {
      throw fields.invalid(CHOICE, "must be none, auto, required or a function");
    }
    return mode.equals("none");
  }

  private List<CallableFunction> named(JsonNode choice) {
    JsonFields named = JsonFields.of(choice, fields.path(CHOICE));
    if (!named.requiredString("type").equals("function")) {
      throw named.unsupported("type", "must be function");
    }
    JsonFields function = JsonFields.of(named.requiredNode("function"), named.path("function"));
    String name = function.requiredString("name");
    List<CallableFunction> found =
        functions.stream().filter(known -> known.name().equals(name)).toList();
    if (found.isEmpty()) {
      throw function.invalid("name", "is not the name of one of the tools");
    }
    return found;
  }

  private void add(JsonNode tool) {
    String path = fields.path("tools") + "[" + functions.size() + "]";
    JsonFields described = JsonFields.of(tool, path);
    JsonFields function =
        JsonFields.of(described.requiredNode("function"), described.path("function"));
    boolean strict = function.flag("strict", false);
    anyStrict |= strict;
    functions.add(
        new CallableFunction(function.requiredString("name"), arguments(function, strict)));
  }

  /** The schema of the arguments; of any where it cannot be kept and need not be. */
  private static Map<String, @Nullable Object> arguments(JsonFields function, boolean strict) {
    Optional<JsonNode> given = function.node("parameters");
    if (given.isEmpty()) {
      return NO_ARGUMENTS;
    }
    Map<String, @Nullable Object> schema = new LinkedHashMap<>();
    if (JsonTree.of(given.get(), function.path("parameters")) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> schema.put(String.valueOf(key), value));
    }
    schema.putIfAbsent("type", "object");
    try {
      var _ = Grammar.ofJsonSchema(schema);
      return schema;
    } catch (EngineException e) {
      if (strict) {
        throw unusable(function, e);
      }
      return ANY_ARGUMENTS;
    }
  }

  private static ServerException unusable(JsonFields function, EngineException failure) {
    return function.invalid("parameters", "cannot be used: " + failure.getMessage());
  }
}
