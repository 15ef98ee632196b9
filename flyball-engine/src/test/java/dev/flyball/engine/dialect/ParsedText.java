package dev.flyball.engine.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Parsers' events in a form that can be compared and read. */
final class ParsedText {
  private ParsedText() {}

  /** Parses pieces and joins neighbours: {@code think(..) say(..) call f(..)}. */
  static String parse(AnswerParser parser, List<String> pieces) {
    List<AnswerEvent> events = new ArrayList<>();
    pieces.forEach(piece -> events.addAll(parser.accept(piece)));
    events.addAll(parser.finish());
    StringBuilder parsed = new StringBuilder();
    String open = "";
    for (AnswerEvent event : events) {
      String kind =
          switch (event) {
            case AnswerEvent.Content _ -> "say(";
            case AnswerEvent.Reasoning _ -> "think(";
            case AnswerEvent.ToolCallStart(int index, String name) -> index + " " + name + "(";
            case AnswerEvent.ToolCallArguments _, AnswerEvent.ToolCallEnd _ -> open;
          };
      if (!kind.equals(open)) {
        parsed.append(open.isEmpty() ? "" : ") ").append(kind);
        open = kind;
      }
      switch (event) {
        case AnswerEvent.Content(String text) -> parsed.append(text);
        case AnswerEvent.Reasoning(String text) -> parsed.append(text);
        case AnswerEvent.ToolCallArguments(int _, String fragment) -> parsed.append(fragment);
        case AnswerEvent.ToolCallStart _, AnswerEvent.ToolCallEnd _ -> {}
      }
    }
    return parsed.append(open.isEmpty() ? "" : ")").toString();
  }

  /** Functions with a text {@code text} and whatever else. */
  static List<CallableFunction> functions(String... names) {
    return Stream.of(names)
        .map(
            name ->
                new CallableFunction(
                    name, Map.of("properties", Map.of("text", Map.of("type", "string")))))
        .toList();
  }

  /** A text, a character at a time. */
  static List<String> characters(String text) {
    return text.chars().mapToObj(Character::toString).toList();
  }
}
