package dev.flyball.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.json.JsonTree;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the text of an answer must follow: OpenAI's {@code response_format}, llama.cpp's
 * {@code grammar} and {@code json_schema}, vLLM's {@code guided_json}, {@code guided_regex}, {@code
 * guided_grammar} and {@code structured_outputs}. One request can have one of them.
 */
final class GrammarFields {
  private final JsonFields fields;
  private Optional<Grammar> grammar = Optional.empty();

  private GrammarFields(JsonFields fields) {
    this.fields = fields;
  }

  /**
   * The grammar that a request asks for.
   *
   * @throws ServerException INVALID_VALUE that names the field, and within a schema the place
   */
  static Optional<Grammar> grammar(JsonFields fields) {
    GrammarFields reader = new GrammarFields(fields);
    reader.readFormat();
    reader.readSchema(fields, "json_schema");
    reader.readSchema(fields, "guided_json");
    reader.readRegex(fields, "regex");
    reader.readRegex(fields, "guided_regex");
    reader.readGbnf(fields, "grammar");
    reader.readGbnf(fields, "guided_grammar");
    fields.object("structured_outputs").ifPresent(reader::readStructuredOutputs);
    return reader.grammar;
  }

  private void readFormat() {
    Optional<JsonFields> format = fields.object("response_format");
    if (format.isEmpty()) {
      return;
    }
    String type = format.get().requiredString("type");
    switch (type) {
      case "text" -> {}
      case "json_object" -> {
        if (format.get().has("schema")) { // as llama.cpp reads it
          readSchema(format.get(), "schema");
        } else {
          set(format.get(), "type", Grammar::json);
        }
      }
      case "json_schema" -> {
        JsonFields wrapper =
            format
                .get()
                .object("json_schema")
                .orElseThrow(() -> format.get().missing("json_schema"));
        wrapper.requiredNode("schema");
        readSchema(wrapper, "schema");
      }
      default ->
          throw format
              .get()
              .unsupported("type", "must be text, json_object or json_schema, not " + type);
    }
  }

  private void readStructuredOutputs(JsonFields outputs) {
    readSchema(outputs, "json");
    readRegex(outputs, "regex");
    readGbnf(outputs, "grammar");
    if (outputs.flag("json_object", false)) {
      set(outputs, "json_object", Grammar::json);
    }
    for (String unknown : new String[] {"choice", "structural_tag"}) {
      if (outputs.has(unknown)) {
        throw outputs.unsupported(unknown, "is not supported yet");
      }
    }
  }

  private void readSchema(JsonFields from, String name) {
    Optional<JsonNode> schema = from.node(name);
    if (schema.isPresent()) {
      @Nullable Object tree = JsonTree.of(schema.get(), from.path(name));
      set(from, name, () -> Grammar.ofJsonSchema(tree));
    }
  }

  private void readRegex(JsonFields from, String name) {
    notEmpty(from, name).ifPresent(text -> set(from, name, () -> Grammar.ofRegex(text)));
  }

  private void readGbnf(JsonFields from, String name) {
    notEmpty(from, name).ifPresent(text -> set(from, name, () -> Grammar.ofGbnf(text)));
  }

  /** An empty text asks for nothing, as in llama.cpp. */
  private static Optional<String> notEmpty(JsonFields from, String name) {
    return from.string(name).filter(text -> !text.isEmpty());
  }

  private void set(JsonFields from, String name, Supplier<Grammar> made) {
    if (grammar.isPresent()) {
      throw from.invalid(name, "is the second demand on the form of the answer; only one can be");
    }
    if (fields.flag("ignore_eos", false)) {
      throw from.invalid(name, "cannot be combined with ignore_eos");
    }
    try {
      grammar = Optional.of(made.get());
    } catch (EngineException e) {
      throw from.invalid(name, "cannot be used: " + e.getMessage());
    }
  }
}
