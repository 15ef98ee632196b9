package dev.flyball.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.engine.SharedFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A model writes what its template renders of a past call: the parser gives the call back. */
final class TemplateRoundTripTest {
  private static final String CALL = "0 get_weather({\"city\": \"Pune\", \"unit\": \"celsius\"})";
  private static final String QUESTION = "Weather in Pune?";

  /** What stands between the opening of the assistant's turn and the end of it. */
  private static final String OPENING =
      "(?s).*?(<\\|im_start\\|>assistant\\n+|\\[/INST]|<\\|end_header_id\\|>\\n\\n"
          + "|<\\|begin_assistant\\|>\\n+|<\\|assistant\\|>\\n*|assistant<\\|end_of_role\\|>"
          + "|assistant: |<\\|start\\|>assistant|<｜Assistant｜>|<assistant>\\n?|]~b]ai\\n+"
          + "|<seed:bos>assistant\\n|<role>ASSISTANT</role>\\n|<\\|Bot\\|>)";

  private static final String ENDING =
      "(?s)(<\\|im_end\\|>|<EOS>|<\\|eot_id\\|>|<\\|end\\|>|<\\|call\\|>|<\\|end_of_text\\|>|<sep>"
          + "|<｜end▁of▁sentence｜>|<seed:eos>|\\[e~\\[|<\\|observation\\|>|<\\|role_end\\|>|</assistant>|<\\|eom_id\\|>).*";

  @Test
  void callsRenderedByRealTemplatesAreReadBack() throws IOException {
    JsonNode golden =
        new ObjectMapper().readTree(SharedFolder.require("golden/chat-templates.json").toFile());
    List<String> read = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (JsonNode template : golden.path("templates")) {
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
    assertThat(read).hasSizeGreaterThan(28);
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
