package dev.flyball.server.openai;

import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.dialect.AnswerEvent;
import dev.flyball.engine.dialect.AnswerParser;
import dev.flyball.server.receipt.ChoiceSummary;
import java.util.List;
import java.util.Optional;

/** The text of one choice, taken apart where its model's dialect asks for it. Not thread-safe. */
final class AnswerParts {
  private final Optional<AnswerParser> parser;
  private boolean called;
  private int undecidedTokens;
  private int reasoningTokens;

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
    List<AnswerEvent> events = parser.get().accept(delta.text());
    count(delta.tokens().size(), events);
    return noted(events);
  }

  /** What was held back, once nothing follows. */
  List<AnswerEvent> finish() {
    List<AnswerEvent> events = parser.map(AnswerParser::finish).orElse(List.of());
    count(0, events);
    return noted(events);
  }

  /** What the text says about the choice. */
  ChoiceSummary summary(FinishReason reason) {
    return new ChoiceSummary(finishReason(reason), reasoningTokens);
  }

  /**
   * Counts tokens as thoughts where what came of them is thought. Tokens whose text is held back
   * are decided by what comes next; the one in which a thought ends counts with what follows.
   */
  private void count(int tokens, List<AnswerEvent> events) {
    boolean thought = events.stream().anyMatch(AnswerEvent.Reasoning.class::isInstance);
    boolean other = events.stream().anyMatch(event -> !(event instanceof AnswerEvent.Reasoning));
    if (thought) {
      reasoningTokens += undecidedTokens + (other ? Math.max(0, tokens - 1) : tokens);
    }
    undecidedTokens = thought || other ? 0 : undecidedTokens + tokens;
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
