package dev.flyball.server.openai;

import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.dialect.AnswerEvent;
import dev.flyball.engine.sample.TokenLogprob;
import dev.flyball.server.generate.GenerationEvents;
import dev.flyball.server.http.EventStream;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonText;
import dev.flyball.units.Receipt;
import java.util.List;
import java.util.stream.Stream;

/** A chat answer sent as it comes: chunks with deltas, at the end the usage where it is wanted. */
final class ChatStream implements GenerationEvents {
  private static final String OBJECT = "chat.completion.chunk";

  private final Exchange exchange;
  private final AnswerHead head;
  private final TokenText tokens;
  private final AnswerOptions options;
  private final boolean logprobs;
  private final boolean withReceipt;
  private final EventStream stream;
  private final List<AnswerParts> parts;

  ChatStream(
      Exchange exchange,
      AnswerHead head,
      TokenText tokens,
      ChatRequest request,
      AnswerDialect dialect,
      boolean withReceipt) {
    this.exchange = exchange;
    this.head = head;
    this.tokens = tokens;
    this.options = request.options();
    this.logprobs = request.params().logprobs();
    this.withReceipt = withReceipt;
    this.stream = exchange.eventStream();
    this.parts = Stream.generate(dialect::newParts).limit(options.choices()).toList();
  }

  @Override
  public boolean isStreaming() {
    return true;
  }

  @Override
  public void onStart() {
    for (int choice = 0; choice < options.choices() && !exchange.isOver(); choice++) {
      sendChoice(
          choice,
          json -> {
            json.writeObjectFieldStart("delta");
            json.writeStringField("role", "assistant");
            json.writeStringField("content", "");
            json.writeEndObject();
            json.writeNullField("logprobs");
            json.writeNullField("finish_reason");
          });
    }
  }

  @Override
  public void onDelta(int choice, GenerationDelta delta) {
    sendParts(choice, parts.get(choice).accept(delta), delta.logprobs());
  }

  /** Log-probabilities go with the first part, or alone where their text is held back. */
  private void sendParts(int choice, List<AnswerEvent> events, List<TokenLogprob> scores) {
    List<TokenLogprob> unsent = scores;
    for (AnswerEvent event : events) {
      if (!(event instanceof AnswerEvent.ToolCallEnd)) {
        sendDelta(choice, event, unsent);
        unsent = List.of();
      }
    }
    if (!unsent.isEmpty()) {
      sendDelta(choice, new AnswerEvent.Content(""), unsent);
    }
  }

  private void sendDelta(int choice, AnswerEvent event, List<TokenLogprob> scores) {
    sendChoice(
        choice,
        json -> {
          json.writeObjectFieldStart("delta");
          ChatDelta.write(json, event);
          json.writeEndObject();
          if (logprobs) {
            tokens.writeChat(json, scores);
          } else {
            json.writeNullField("logprobs");
          }
          json.writeNullField("finish_reason");
        });
  }

  @Override
  public void onChoiceEnd(int choice, GenerationResult result) {
    sendParts(choice, parts.get(choice).finish(), List.of());
    sendChoice(
        choice,
        json -> {
          json.writeObjectFieldStart("delta");
          json.writeEndObject();
          json.writeNullField("logprobs");
          json.writeStringField("finish_reason", parts.get(choice).finishReason(result.reason()));
        });
  }

  @Override
  public String finishReason(int choice, FinishReason reason) {
    return parts.get(choice).finishReason(reason);
  }

  @Override
  public void onEnd(Receipt receipt) {
    if (options.includeUsage() || withReceipt) {
      stream.send(
          JsonText.object(
              json -> {
                head.writeTo(json, OBJECT);
                json.writeArrayFieldStart("choices");
                json.writeEndArray();
                UsageField.write(json, receipt, withReceipt);
              }));
    }
    stream.end();
  }

  private void sendChoice(int choice, JsonText.Part fields) {
    stream.send(
        JsonText.object(
            json -> {
              head.writeTo(json, OBJECT);
              json.writeArrayFieldStart("choices");
              json.writeStartObject();
              json.writeNumberField("index", choice);
              fields.writeTo(json);
              json.writeEndObject();
              json.writeEndArray();
              if (options.includeUsage()) {
                json.writeNullField("usage");
              }
            }));
  }
}
