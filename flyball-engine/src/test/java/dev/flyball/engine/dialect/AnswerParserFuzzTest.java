package dev.flyball.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Random answers of pieces that mean something: cut anyhow they say what they say uncut. */
final class AnswerParserFuzzTest {
  private static final List<String> TEMPLATES =
      List.of(
          "<think></think><tool_call>",
          "[TOOL_CALLS][THINK][/THINK]",
          "<|python_tag|>",
          "<|channel|><|message|>",
          "<tool_calls></think>",
          "<tool_call><function=<parameter=",
          "<tool_call><arg_key><arg_value>",
          "<｜tool▁calls▁begin｜><｜tool▁sep｜>",
          "<function=</function>",
          "<|tool_call><tool_call|>",
          "<|tool_list_start|>",
          "<|START_ACTION|>tool_name<|END_THINKING|>",
          "<|tool_call|>",
          "nothing");

  private static final List<String> PIECES =
      List.of(
          "<think>",
          "</think>",
          "<tool_call>",
          "</tool_call>",
          "<tool_calls>",
          "</tool_calls>",
          "[TOOL_CALLS]",
          "[ARGS]",
          "[CALL_ID]",
          "[THINK]",
          "[/THINK]",
          "<|python_tag|>",
          "<|channel|>",
          "analysis",
          "final",
          "<|message|>",
          "<|end|>",
          "<|start|>assistant",
          " to=functions.f",
          "{\"name\": \"f\", \"arguments\": {\"a\": \"}\"}}",
          "{\"name\": \"f\"}",
          "<function=f>",
          "</function>",
          "<parameter=text>",
          "</parameter>",
          "<arg_key>text</arg_key>",
          "<arg_value>",
          "</arg_value>",
          "<｜tool▁calls▁begin｜>",
          "<｜tool▁call▁begin｜>",
          "f<｜tool▁sep｜>",
          "<｜tool▁call▁end｜>",
          "<｜tool▁calls▁end｜>",
          "<|tool_call>",
          "<tool_call|>",
          "call:f{",
          "a:<|\"|>",
          "<|\"|>",
          "<|tool_call_start|>",
          "<|tool_call_end|>",
          "[f(a='",
          "f(",
          "')",
          "=",
          "<|tool_call|>",
          "<|START_ACTION|>",
          "<|END_ACTION|>",
          "{\"tool_name\": \"f\", \"parameters\": {}}",
          "{\"name\": \"g\", \"parameters\": {",
          "\"b\": [1, 2.5e3, null]",
          "}",
          "}}",
          "{",
          "[",
          "]",
          ", ",
          ";",
          "\"",
          "\\",
          "f",
          "\n",
          "  ",
          "word",
          "<",
          "<|",
          "é\uD83E\uDD8A");

  @Test
  void cutsDoNotMatterAndWordsAreNotLost() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      String template = TEMPLATES.get(random.nextInt(TEMPLATES.size()));
      String text = text(random);
      List<CallableFunction> tools =
          random.nextInt(5) == 0 ? List.of() : ParsedText.functions("f", "g");
      ChatDialect dialect = ChatDialect.of(template);
      String whole = ParsedText.parse(dialect.parser("", tools), List.of(text));
      String cut = ParsedText.parse(dialect.parser("", tools), pieces(text, random));
      assertThat(cut).as("%s, %s, seed %s", template, text, seed).isEqualTo(whole);
      assertThat(count(whole, "word"))
          .as("%s, %s, seed %s", template, text, seed)
          .isGreaterThanOrEqualTo(losesWords(template) ? 0 : count(text, "word"));
    }
  }

  /** In heads of messages, and in values that never end. */
  private static boolean losesWords(String template) {
    return Stream.of(
            "<|channel|>", "<parameter=", "<arg_key>", "<|tool_call>", "<|tool_list_start|>")
        .anyMatch(template::contains);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int pieces = random.nextInt(12);
    for (int i = 0; i < pieces; i++) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  private static List<String> pieces(String text, Random random) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = Math.min(text.length(), start + 1 + random.nextInt(8));
      pieces.add(text.substring(start, end));
      start = end;
    }
    return pieces;
  }

  private static int count(String text, String word) {
    return text.split(word, -1).length - 1;
  }
}
