package dev.flyball.server.openai;

import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.sample.TokenLogprob;
import dev.flyball.server.generate.GenerationEvents;
import dev.flyball.server.http.EventStream;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonText;
import dev.flyball.units.Receipt;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** A text completion sent as it comes. */
final class CompletionStream implements GenerationEvents {
  static final String OBJECT = "text_completion";

  private final AnswerHead head;
  private final TokenText tokens;
  private final AnswerOptions options;
  private final boolean logprobs;
  private final IntFunction<String> echoes;
  private final boolean withReceipt;
  private final EventStream stream;

  /** Where the next token of each choice begins in its text, in characters. */
  private final int[] offsets;

  CompletionStream(
      Exchange exchange,
      AnswerHead head,
      TokenText tokens,
      CompletionRequest request,
      IntFunction<String> echoes,
      boolean withReceipt) {
    this.head = head;
    this.tokens = tokens;
    this.options = request.options();
    this.logprobs = request.params().logprobs();
    this.echoes = echoes;
    this.withReceipt = withReceipt;
    this.stream = exchange.eventStream();
    this.offsets = new int[request.prompts().size() * options.choices()];
  }

  @Override
  public boolean isStreaming() {
    return true;
  }

  @Override
  public void onStart() {
    for (int choice = 0; choice < offsets.length; choice++) {
      if (!echoes.apply(choice).isEmpty()) {
        sendChoice(choice, echoes.apply(choice), List.of(), null);
      }
    }
  }

  @Override
  public void onDelta(int choice, GenerationDelta delta) {
    if (!delta.text().isEmpty() || logprobs) {
      sendChoice(choice, delta.text(), delta.logprobs(), null);
    }
  }

  @Override
  public void onChoiceEnd(int choice, GenerationResult result) {
    sendChoice(choice, "", List.of(), FinishReasons.nameOf(result.reason()));
  }

  @Override
  public String finishReason(int choice, FinishReason reason) {
    return FinishReasons.nameOf(reason);
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

  private void sendChoice(
      int choice, String text, List<TokenLogprob> entries, @Nullable String finishReason) {
    stream.send(
        JsonText.object(
            json -> {
              head.writeTo(json, OBJECT);
              json.writeArrayFieldStart("choices");
              json.writeStartObject();
              json.writeNumberField("index", choice);
              json.writeStringField("text", JsonText.wellFormed(text));
              if (entries.isEmpty()) {
                json.writeNullField("logprobs");
              } else {
                offsets[choice] = tokens.writeCompletion(json, entries, offsets[choice]);
              }
              json.writeStringField("finish_reason", finishReason);
              json.writeEndObject();
              json.writeEndArray();
              if (options.includeUsage()) {
                json.writeNullField("usage");
              }
            }));
  }
}
