package dev.flyball.server.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flyball.units.TokenUsage;
import java.io.IOException;

/** The tokens of a request: each prompt counted once however many choices it has. */
final class UsageTotal {
  private final int choicesPerPrompt;
  private TokenUsage total = new TokenUsage(0, 0, 0);

  UsageTotal(int choicesPerPrompt) {
    this.choicesPerPrompt = choicesPerPrompt;
  }

  void add(int choice, TokenUsage usage) {
    total =
        total.plus(choice % choicesPerPrompt == 0 ? usage : new TokenUsage(0, 0, usage.output()));
  }

  void writeTo(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("usage");
    json.writeNumberField("prompt_tokens", total.prompt());
    json.writeNumberField("completion_tokens", total.output());
    json.writeNumberField("total_tokens", total.total());
    json.writeObjectFieldStart("prompt_tokens_details");
    json.writeNumberField("cached_tokens", total.cached());
    json.writeEndObject();
    json.writeEndObject();
  }
}
