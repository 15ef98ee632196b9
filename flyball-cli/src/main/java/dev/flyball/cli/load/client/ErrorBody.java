package dev.flyball.cli.load.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What a server says of a failure. */
final class ErrorBody {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_BYTES = 64 * 1024;

  private ErrorBody() {}

  /** The message of a response's body: that of an OpenAI error, else the text itself. */
  static String read(InputStream body) throws IOException {
    String text = new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    try {
      JsonNode error = JSON.readTree(text).path("error");
      return error.isMissingNode() ? text : message(error);
    } catch (JsonProcessingException noJson) {
      return text;
    }
  }

  /** The message of an error object, or the object itself where it has none. */
  static String message(JsonNode error) {
    return error.path("message").isTextual() ? error.path("message").asText() : error.toString();
  }
}
