package dev.flyball.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.json.JsonFields;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;

/** A prompt or a text to embed: text, or tokens already. */
sealed interface TextInput {
  record Text(String path, String text) implements TextInput {}

  record Tokens(String path, TokenIds ids) implements TextInput {}

  /** Where the request has it. */
  String path();

  /**
   * The tokens.
   *
   * @throws ServerException INVALID_VALUE for a token that does not exist, or where there is none
   */
  default TokenIds encode(Tokenizer tokenizer) {
    TokenIds ids =
        switch (this) {
          case Text(_, String text) -> tokenizer.encode(text, true, true);
          case Tokens(_, TokenIds given) -> given;
        };
    if (ids.isEmpty()) {
      throw ServerException.ofField(
          ServerError.INVALID_VALUE, path(), path() + " must have at least one token");
    }
    ids.stream()
        .filter(id -> id >= tokenizer.size())
        .findFirst()
        .ifPresent(
            id -> {
              throw ServerException.ofField(
                  ServerError.INVALID_VALUE,
                  path(),
                  "the token %d of %s does not exist: the vocabulary has %d, from 0"
                      .formatted(id, path(), tokenizer.size()));
            });
    return ids;
  }

  /** The text as it was given, or decoded. */
  default String text(Tokenizer tokenizer) {
    return switch (this) {
      case Text(_, String text) -> text;
      case Tokens(_, TokenIds ids) -> tokenizer.decode(ids, true);
    };
  }

  /** Reads a string, an array of strings, an array of tokens, or an array of arrays of tokens. */
  static List<TextInput> parse(JsonFields fields, String name, int maxInputs) {
    JsonNode node = fields.requiredNode(name);
    String path = fields.path(name);
    if (node.isTextual()) {
      return List.of(new Text(path, JsonFields.text(node, path)));
    }
    List<JsonNode> elements = JsonFields.elements(node, path, "a string or an array");
    if (elements.isEmpty()) {
      throw fields.invalid(name, "must not be empty");
    }
    if (elements.getFirst().isNumber()) {
      return List.of(tokens(elements, path));
    }
    if (elements.size() > maxInputs) {
      throw fields.invalid(name, "may have at most " + maxInputs + " entries");
    }
    List<TextInput> inputs = new ArrayList<>(elements.size());
    for (JsonNode element : elements) {
      String elementPath = path + "[" + inputs.size() + "]";
      inputs.add(
          element.isArray()
              ? tokens(JsonFields.elements(element, elementPath), elementPath)
              : new Text(elementPath, JsonFields.text(element, elementPath)));
    }
    return inputs;
  }

  private static TextInput tokens(List<JsonNode> elements, String path) {
    int[] ids = new int[elements.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = JsonFields.integer(elements.get(i), path + "[" + i + "]", 0, Integer.MAX_VALUE);
    }
    return new Tokens(path, TokenIds.of(ids));
  }
}
