package dev.flyball.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What models write, and what it means. */
final class ChatDialectTest {
  private static final String QWEN = "<think></think><tool_call>";

  /** What templates of each dialect have in them. */
  private static final Map<String, String> TEMPLATES =
      Map.ofEntries(
          Map.entry("QWEN", QWEN),
          Map.entry("MISTRAL", "[TOOL_CALLS][ARGS]"),
          Map.entry("LLAMA", "<|python_tag|>{\"name\": \"parameters\": "),
          Map.entry("HARMONY", "<|start|><|channel|>analysis<|message|>"),
          Map.entry("CODER", "<tool_call><function=<parameter="),
          Map.entry("GLM", "<think></think><tool_call><arg_key><arg_value>"),
          Map.entry("INVOKE", "<minimax:tool_call><invoke name="),
          Map.entry("DSML", "｜DSML｜function_calls invoke name="),
          Map.entry("DEEPSEEK", "<｜tool▁calls▁begin｜><｜tool▁sep｜>"),
          Map.entry("KIMI", "<|tool_calls_section_begin|><|tool_call_argument_begin|>"),
          Map.entry("MINICPM", "<function name=<param name="),
          Map.entry("FUNCTIONARY", "<function=</function>"),
          Map.entry("GEMMA", "<|tool_call><tool_call|><channel|>"),
          Map.entry("LFM2", "<|tool_list_start|>"),
          Map.entry("COMMAND", "<|START_ACTION|>tool_name<|END_THINKING|>"),
          Map.entry("GRANITE", "<|tool_call|>"),
          Map.entry("GENERIC", "nothing of the kind"));

  /** Cases of {@code answers.txt}: {@code # dialect}, an answer, {@code => what it means}. */
  static Stream<Arguments> answers() throws IOException {
    try (InputStream file = ChatDialectTest.class.getResourceAsStream("answers.txt")) {
      byte[] cases = Objects.requireNonNull(file).readAllBytes();
      String text = new String(cases, StandardCharsets.UTF_8).stripTrailing();
      return Pattern.compile("\n\n(?=# )").splitAsStream(text).map(ChatDialectTest::parsed);
    }
  }

  private static Arguments parsed(String text) {
    int answer = text.indexOf('\n');
    int meaning = text.lastIndexOf("\n=> ");
    return Arguments.of(
        Objects.requireNonNull(TEMPLATES.get(text.substring(2, answer))),
        text.substring(answer + 1, meaning),
        text.substring(meaning + 4));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void readsWhatModelsWrite(String template, String answer, String expected) {
    ChatDialect dialect = ChatDialect.of(template);
    List<CallableFunction> tools = ParsedText.functions("f", "g");
    assertThat(ParsedText.parse(dialect.parser("", tools), List.of(answer))).isEqualTo(expected);
    assertThat(ParsedText.parse(dialect.parser("", tools), ParsedText.characters(answer)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("answers")
  void withoutToolsNothingIsCalled(String template, String answer, String ignored) {
    String parsed =
        ParsedText.parse(ChatDialect.of(template).parser("", List.of()), List.of(answer));
    assertThat(parsed).doesNotContainPattern("(^|\\) )[0-9] [fg]\\(");
  }

  @ParameterizedTest
  @MethodSource("promptEnds")
  void aPromptMayOpenTheThought(String promptEnd, String expected) {
    AnswerParser parser = ChatDialect.of(QWEN).parser(promptEnd, List.of());
    assertThat(ParsedText.parse(parser, List.of("\nhm\n</think>\nSo."))).isEqualTo(expected);
  }

  static Stream<Arguments> promptEnds() {
    return Stream.of(
        Arguments.of("<|assistant|><think>\n", "think(hm) say(So.)"),
        Arguments.of("<think>\n\n</think>\n\n", "say(\nhm\n</think>\nSo.)"));
  }
}
