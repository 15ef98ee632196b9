package dev.flyball.server.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationResult;
import dev.flyball.server.generate.GenerationEvents;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** An answer sent in one piece when all its choices are complete. */
final class CollectedAnswer implements GenerationEvents {
  private final Exchange exchange;
  private final AnswerHead head;
  private final String object;
  private final ChoiceForm form;
  private final UsageTotal usage;
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
   * @param choicesInAll choices of all prompts
   */
  CollectedAnswer(
      Exchange exchange,
      AnswerHead head,
      String object,
      ChoiceForm form,
      int choicesPerPrompt,
      int choicesInAll) {
    this.exchange = exchange;
    this.head = head;
    this.object = object;
    this.form = form;
    this.usage = new UsageTotal(choicesPerPrompt);
    this.choices = Stream.generate(CollectedChoice::new).limit(choicesInAll).toList();
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
    usage.add(choice, result.usage());
  }

  @Override
  public void onEnd() {
    exchange.json(200, JsonText.object(this::write));
  }

  private void write(JsonGenerator json) throws IOException {
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
    usage.writeTo(json);
  }
}
