package dev.flyball.server.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flyball.engine.dialect.AnswerEvent;
import dev.flyball.server.json.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An answer as it is gathered; once complete, the {@code message} of a choice. */
final class AssistantMessage {
  private final StringBuilder content = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final List<Call> calls = new ArrayList<>();

  private record Call(String name, StringBuilder arguments) {}

  void add(AnswerEvent event) {
    switch (event) {
      case AnswerEvent.Content(String text) -> content.append(text);
      case AnswerEvent.Reasoning(String text) -> reasoning.append(text);
      case AnswerEvent.ToolCallStart(int _, String name) ->
          calls.add(new Call(name, new StringBuilder()));
      case AnswerEvent.ToolCallArguments(int index, String fragment) ->
          calls.get(index).arguments().append(fragment);
      case AnswerEvent.ToolCallEnd _ -> {}
    }
  }

  /** The text for the reader. */
  String content() {
    return content.toString();
  }

  void writeTo(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("message");
    json.writeStringField("role", "assistant");
    if (content.isEmpty() && !calls.isEmpty()) {
      json.writeNullField("content");
    } else {
      json.writeStringField("content", JsonText.wellFormed(content.toString()));
    }
    if (!reasoning.isEmpty()) {
      json.writeStringField("reasoning_content", JsonText.wellFormed(reasoning.toString()));
    }
    json.writeNullField("refusal");
    if (!calls.isEmpty()) {
      json.writeArrayFieldStart("tool_calls");
      for (Call call : calls) {
        write(json, call);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Call call) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", ToolCallId.next());
    json.writeStringField("type", "function");
    json.writeObjectFieldStart("function");
    json.writeStringField("name", call.name());
    json.writeStringField("arguments", JsonText.wellFormed(call.arguments().toString()));
    json.writeEndObject();
    json.writeEndObject();
  }
}
