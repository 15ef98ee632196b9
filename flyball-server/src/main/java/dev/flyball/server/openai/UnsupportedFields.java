package dev.flyball.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.server.json.JsonFields;
import java.util.List;

/**
 * Fields that would change what an answer means and that the engine cannot obey yet. To ignore them
 * would be to answer another question than was asked, so they are refused, unless their value asks
 * for nothing (null, false, 0, empty).
 */
final class UnsupportedFields {
  private static final List<String> NAMES =
      List.of(
          "audio",
          "bad_words",
          "function_call",
          "functions",
          "guided_choice",
          "min_tokens",
          "prompt_logprobs",
          "stop_token_ids",
          "suffix",
          "use_beam_search");

  private UnsupportedFields() {}

  static void refuse(JsonFields fields) {
    refuse(fields, NAMES);
  }

  /** Refuses fields that make no sense in one kind of request. */
  static void refuse(JsonFields fields, List<String> names) {
    for (String name : names) {
      fields
          .node(name)
          .filter(UnsupportedFields::asksForSomething)
          .ifPresent(
              node -> {
                throw fields.unsupported(name, "is not supported yet");
              });
    }
  }

  private static boolean asksForSomething(JsonNode node) {
    return switch (node.getNodeType()) {
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> node.doubleValue() != 0;
      case STRING -> !node.textValue().isEmpty() && !node.textValue().equals("none");
      default -> !node.isEmpty();
    };
  }
}
