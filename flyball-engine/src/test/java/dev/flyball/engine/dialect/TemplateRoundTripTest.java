package dev.flyball.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.engine.SharedFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A model writes what its template renders of a past call: the parser gives the call back. */
final class TemplateRoundTripTest {
  private static final String CALL = "0 get_weather({\"city\": \"Pune\", \"unit\": \"celsius\"})";
  private static final CallableFunction WEATHER =
      new CallableFunction(
          "get_weather",
          Map.of(
              "type",
              "object",
              "properties",
              new TreeMap<>(
                  Map.of(
                      "city",
                      Map.of("type", "string"),
                      "unit",
                      Map.of("enum", List.of("celsius", "fahrenheit"), "type", "string"))),
              "required",
              List.of("city")));

  private static final String QUESTION = "Weather in Pune?";

  /** What stands between the opening of the assistant's turn and the end of it. */
  private static final String OPENING =
      "(?s).*?(<\\|im_start\\|>assistant\\n+|\\[/INST]|<\\|end_header_id\\|>\\n\\n"
          + "|<\\|begin_assistant\\|>\\n+|<\\|assistant\\|>\\n*|assistant<\\|end_of_role\\|>"
          + "|assistant: |<\\|start\\|>assistant|<｜Assistant｜>|<assistant>\\n?|]~b]ai\\n+"
          + "|<seed:bos>assistant\\n|<role>ASSISTANT</role>\\n|<\\|Bot\\|>"
          + "|<\\|turn>model\\n|<\\|CHATBOT_TOKEN\\|>)";

  private static final String ENDING =
      "(?s)(<\\|im_end\\|>|<EOS>|<\\|eot_id\\|>|<\\|end\\|>|<\\|call\\|>|<\\|end_of_text\\|>|<sep>"
          + "|<｜end▁of▁sentence｜>|<seed:eos>|\\[e~\\[|<\\|observation\\|>|<\\|role_end\\|>|</assistant>|<\\|eom_id\\|>"
          + "|<turn\\|>|<\\|END_OF_TURN_TOKEN\\|>).*";

  @Test
  void callsRenderedByRealTemplatesAreReadBack() throws IOException {
    List<String> read = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (JsonNode template : golden()) {
      String name = template.path("template").asText();
      ToolNotation notation = ToolNotation.of(template.path("source").asText());
      String answer = answer(template);
      boolean rendered = answer.contains("get_weather");
      if (rendered && notation != ToolNotation.NONE && notation != ToolNotation.GENERIC) {
        AnswerParser parser =
            ChatDialect.of(template.path("source").asText())
                .parser(promptOf(answer), ParsedText.functions("get_weather"));
        String parsed = ParsedText.parse(parser, ParsedText.characters(answer));
        (parsed.equals(CALL) ? read : failed).add(name + ": " + parsed);
      }
    }
    assertThat(failed).isEmpty();
    assertThat(read).hasSizeGreaterThan(31);
  }

  /** What a template renders of a call is what a call that is forced may be. */
  @Test
  void callsRenderedByRealTemplatesMayBeForced() throws IOException {
    List<String> accepted = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (JsonNode template : golden()) {
      String source = template.path("source").asText();
      String opening = ToolNotation.of(source).opening();
      String answer = answer(template);
      boolean rendered = answer.contains("get_weather") && !opening.isEmpty();
      if (rendered && answer.contains(opening)) {
        String calls = answer.substring(answer.indexOf(opening)).stripTrailing();
        boolean accepts = ForcedCalls.accepts(ChatDialect.of(source), WEATHER, calls);
        (accepts ? accepted : refused).add(template.path("template").asText() + ": " + calls);
      }
    }
    assertThat(refused).isEmpty();
    assertThat(accepted).hasSizeGreaterThan(20);
  }

  private static JsonNode golden() throws IOException {
    return new ObjectMapper()
        .readTree(SharedFolder.require("golden/chat-templates.json").toFile())
        .path("templates");
  }

  /** Some templates open the thought in the prompt, and write its end only. */
  private static String promptOf(String answer) {
    return answer.stripLeading().startsWith("</think>") ? "<think>" : "";
  }

  private static String answer(JsonNode template) {
    for (JsonNode golden : template.path("cases")) {
      String output = golden.path("output").asText();
      int question = output.lastIndexOf(QUESTION);
      int result = output.lastIndexOf("31}");
      if (golden.path("case").asText().equals("tool-result") && question >= 0) {
        String turn =
            output.substring(
                question + QUESTION.length(), Math.max(result, question + QUESTION.length()));
        return turn.replaceFirst(OPENING, "").replaceFirst(ENDING, "");
      }
    }
    return "";
  }
}
