package dev.flyball.server.http;

import dev.flyball.server.error.ServerError;
import dev.flyball.server.json.JsonText;
import java.util.Optional;

/** The OpenAI API's error object: {@code {"error":{"message","type","param","code"}}}. */
final class ErrorBody {
  private ErrorBody() {}

  static byte[] of(ServerError error, String message, Optional<String> field) {
    return JsonText.object(
        json -> {
          json.writeObjectFieldStart("error");
          json.writeStringField("message", JsonText.wellFormed(message));
          json.writeStringField("type", error.type());
          json.writeStringField("param", field.map(JsonText::wellFormed).orElse(null));
          json.writeStringField("code", error.code());
          json.writeEndObject();
        });
  }
}
