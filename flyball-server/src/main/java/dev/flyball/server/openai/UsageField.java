package dev.flyball.server.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flyball.server.receipt.ReceiptJson;
import dev.flyball.units.Receipt;
import dev.flyball.units.TokenClasses;
import java.io.IOException;

/**
 * Writes the {@code usage} of an answer, where it is wanted with the receipt under {@code flyball}.
 */
final class UsageField {
  private UsageField() {}

  static void write(JsonGenerator json, Receipt receipt, boolean withReceipt) throws IOException {
    TokenClasses tokens = receipt.tokens();
    json.writeObjectFieldStart("usage");
    json.writeNumberField("prompt_tokens", tokens.prompt());
    json.writeNumberField("completion_tokens", tokens.output());
    json.writeNumberField("total_tokens", tokens.total());
    json.writeObjectFieldStart("prompt_tokens_details");
    json.writeNumberField("cached_tokens", tokens.cached());
    json.writeEndObject();
    json.writeObjectFieldStart("completion_tokens_details");
    json.writeNumberField("reasoning_tokens", tokens.reasoning());
    json.writeEndObject();
    if (withReceipt) {
      writeReceipt(json, receipt);
    }
    json.writeEndObject();
  }

  /** Of what has no output, as embeddings have it. */
  static void writePrompt(JsonGenerator json, Receipt receipt, boolean withReceipt)
      throws IOException {
    json.writeObjectFieldStart("usage");
    json.writeNumberField("prompt_tokens", receipt.tokens().prompt());
    json.writeNumberField("total_tokens", receipt.tokens().total());
    if (withReceipt) {
      writeReceipt(json, receipt);
    }
    json.writeEndObject();
  }

  private static void writeReceipt(JsonGenerator json, Receipt receipt) throws IOException {
    json.writeObjectFieldStart("flyball");
    ReceiptJson.write(json, receipt);
    json.writeEndObject();
  }
}
