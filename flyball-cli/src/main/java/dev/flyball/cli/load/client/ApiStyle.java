package dev.flyball.cli.load.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The two generating calls of the OpenAI API. */
public enum ApiStyle {
  /** {@code /v1/chat/completions} with one message of the user. */
  CHAT("/v1/chat/completions") {
    @Override
    void putPrompt(ObjectNode body, String prompt) {
      body.putArray("messages").addObject().put("role", "user").put("content", prompt);
    }

    @Override
    boolean hasOutput(JsonNode choice) {
      JsonNode delta = choice.path("delta");
      return !delta.path("content").asText().isEmpty()
          || !delta.path("reasoning_content").asText().isEmpty()
          || !delta.path("reasoning").asText().isEmpty()
          || !delta.path("tool_calls").isEmpty();
    }
  },

  /** {@code /v1/completions}. */
  COMPLETIONS("/v1/completions") {
    @Override
    void putPrompt(ObjectNode body, String prompt) {
      body.put("prompt", prompt);
    }

    @Override
    boolean hasOutput(JsonNode choice) {
      return !choice.path("text").asText().isEmpty();
    }
  };

  private final String path;

  ApiStyle(String path) {
    this.path = path;
  }

  String path() {
    return path;
  }

  abstract void putPrompt(ObjectNode body, String prompt);

  /** Whether a streamed choice brings something that was generated. */
  abstract boolean hasOutput(JsonNode choice);
}
