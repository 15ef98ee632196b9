package dev.flyball.server.openai;

import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.dialect.AnswerEvent;
import dev.flyball.engine.dialect.AnswerParser;
import java.util.List;
import java.util.Optional;

/** The text of one choice, taken apart where its model's dialect asks for it. Not thread-safe. */
final class AnswerParts {
  private final Optional<AnswerParser> parser;
  private boolean called;

  /**
   * @param parser nothing: all is content
   */
  AnswerParts(Optional<AnswerParser> parser) {
    this.parser = parser;
  }

  List<AnswerEvent> accept(GenerationDelta delta) {
    if (parser.isEmpty()) {
      return delta.text().isEmpty() ? List.of() : List.of(new AnswerEvent.Content(delta.text()));
    }
    return noted(parser.get().accept(delta.text()));
  }

  /** What was held back, once nothing follows. */
  List<AnswerEvent> finish() {
    return noted(parser.map(AnswerParser::finish).orElse(List.of()));
  }

  /** Why the choice ended, as the API calls it. */
  String finishReason(FinishReason reason) {
    return called && reason == FinishReason.STOP ? "tool_calls" : FinishReasons.nameOf(reason);
  }

  private List<AnswerEvent> noted(List<AnswerEvent> events) {
    called |= events.stream().anyMatch(AnswerEvent.ToolCallStart.class::isInstance);
    return events;
  }
}
