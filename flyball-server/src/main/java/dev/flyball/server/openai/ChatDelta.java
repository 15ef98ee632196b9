package dev.flyball.server.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flyball.engine.dialect.AnswerEvent;
import dev.flyball.server.json.JsonText;
import java.io.IOException;

/** Writes a part of an answer as fields of a streamed {@code delta}. */
final class ChatDelta {
  private ChatDelta() {}

  static void write(JsonGenerator json, AnswerEvent event) throws IOException {
    switch (event) {
      case AnswerEvent.Content(String text) ->
          json.writeStringField("content", JsonText.wellFormed(text));
      case AnswerEvent.Reasoning(String text) ->
          json.writeStringField("reasoning_content", JsonText.wellFormed(text));
      case AnswerEvent.ToolCallStart(int index, String name) -> writeStart(json, index, name);
      case AnswerEvent.ToolCallArguments(int index, String fragment) ->
          writeArguments(json, index, fragment);
      case AnswerEvent.ToolCallEnd _ -> {}
    }
  }

  private static void writeStart(JsonGenerator json, int index, String name) throws IOException {
    json.writeArrayFieldStart("tool_calls");
    json.writeStartObject();
    json.writeNumberField("index", index);
    json.writeStringField("id", ToolCallId.next());
    json.writeStringField("type", "function");
    json.writeObjectFieldStart("function");
    json.writeStringField("name", name);
    json.writeStringField("arguments", "");
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndArray();
  }

  private static void writeArguments(JsonGenerator json, int index, String fragment)
      throws IOException {
    json.writeArrayFieldStart("tool_calls");
    json.writeStartObject();
    json.writeNumberField("index", index);
    json.writeObjectFieldStart("function");
    json.writeStringField("arguments", JsonText.wellFormed(fragment));
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndArray();
  }
}
