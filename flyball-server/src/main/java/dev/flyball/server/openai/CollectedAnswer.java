package dev.flyball.server.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationResult;
import dev.flyball.server.generate.GenerationEvents;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonText;
import dev.flyball.units.Receipt;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** An answer sent in one piece when all its choices are complete. */
final class CollectedAnswer implements GenerationEvents {
  private final Exchange exchange;
  private final AnswerHead head;
  private final String object;
  private final ChoiceForm form;
  private final boolean withReceipt;
  private final List<CollectedChoice> choices;

  /** How a choice is written. */
  @FunctionalInterface
  interface ChoiceForm {
    /** Writes the fields of a choice but for its index. */
    void write(JsonGenerator json, int index, CollectedChoice choice) throws IOException;
  }

  /**
   * An answer.
   *
   * @param object the answer's type
   * @param parts takes a choice apart
   * @param choicesInAll choices of all prompts
   * @param withReceipt whether the answer carries its receipt
   */
  CollectedAnswer(
      Exchange exchange,
      AnswerHead head,
      String object,
      ChoiceForm form,
      Supplier<AnswerParts> parts,
      int choicesInAll,
      boolean withReceipt) {
    this.exchange = exchange;
    this.head = head;
    this.object = object;
    this.form = form;
    this.withReceipt = withReceipt;
    this.choices =
        Stream.generate(() -> new CollectedChoice(parts.get())).limit(choicesInAll).toList();
  }

  @Override
  public boolean isStreaming() {
    return false;
  }

  @Override
  public void onStart() {}

  @Override
  public void onDelta(int choice, GenerationDelta delta) {
    choices.get(choice).add(delta);
  }

  @Override
  public void onChoiceEnd(int choice, GenerationResult result) {
    choices.get(choice).end(result.reason());
  }

  @Override
  public String finishReason(int choice, FinishReason reason) {
    return choices.get(choice).finishReason(reason);
  }

  @Override
  public void onEnd(Receipt receipt) {
    exchange.json(200, JsonText.object(json -> write(json, receipt)));
  }

  private void write(JsonGenerator json, Receipt receipt) throws IOException {
    head.writeTo(json, object);
    json.writeArrayFieldStart("choices");
    for (int index = 0; index < choices.size(); index++) {
      CollectedChoice choice = choices.get(index);
      json.writeStartObject();
      json.writeNumberField("index", index);
      form.write(json, index, choice);
      json.writeEndObject();
    }
    json.writeEndArray();
    UsageField.write(json, receipt, withReceipt);
  }
}
