package dev.flyball.server.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.InstantSource;

/**
 * What begins every answer and every chunk of a streamed one.
 *
 * @param id the answer's id, the same as the request's
 * @param createdSeconds when it was made, in seconds since 1970
 * @param model the model's name
 */
record AnswerHead(String id, long createdSeconds, String model) {
  static AnswerHead of(String requestId, String model, InstantSource clock) {
    return new AnswerHead(requestId, clock.instant().getEpochSecond(), model);
  }

  void writeTo(JsonGenerator json, String object) throws IOException {
    json.writeStringField("id", id);
    json.writeStringField("object", object);
    json.writeNumberField("created", createdSeconds);
    json.writeStringField("model", model);
  }
}
