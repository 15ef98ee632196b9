package dev.flyball.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What models write, and what it means. */
final class ChatDialectTest {
  private static final String QWEN = "<think></think><tool_call>";
  private static final String MISTRAL = "[TOOL_CALLS][ARGS]";
  private static final String LLAMA = "<|python_tag|>{\"name\": \"parameters\": ";
  private static final String HARMONY = "<|start|><|channel|>analysis<|message|>";
  private static final String CODER = "<tool_call><function=<parameter=";
  private static final String GLM = "<think></think><tool_call><arg_key><arg_value>";
  private static final String INVOKE = "<minimax:tool_call><invoke name=";
  private static final String DSML = "｜DSML｜function_calls invoke name=";
  private static final String DEEPSEEK = "<｜tool▁calls▁begin｜><｜tool▁sep｜>";
  private static final String KIMI = "<|tool_calls_section_begin|><|tool_call_argument_begin|>";
  private static final String MINICPM = "<function name=<param name=";
  private static final String FUNCTIONARY = "<function=</function>";
  private static final String GEMMA = "<|tool_call><tool_call|><channel|>";
  private static final String LFM2 = "<|tool_list_start|>";
  private static final String COMMAND = "<|START_ACTION|>tool_name<|END_THINKING|>";
  private static final String GRANITE = "<|tool_call|>";
  private static final String GENERIC = "nothing of the kind";

  private static Arguments of(String template, String answer, String expected) {
    return Arguments.of(template, answer, expected);
  }

  static Stream<Arguments> answers() {
    return Stream.of(
        of(QWEN, "Hello.\n", "say(Hello.\n)"),
        of(QWEN, "<think>\nwhy\n</think>\n\nSo.", "think(why) say(So.)"),
        of(QWEN, "<think>\n\n</think>\n\nSo.", "say(So.)"),
        of(QWEN, "Write <think> first", "say(Write <think> first)"),
        of(QWEN, "<think>cut off", "think(cut off)"),
        of(
            QWEN,
            "Yes.\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": [1, {}]}}\n</tool_call>",
            "say(Yes.) 0 f({\"a\": [1, {}]})"),
        of(
            QWEN,
            "<tool_call>\n{\"arguments\": {}, \"name\": \"f\"}\n</tool_call>\n<tool_call>\n{\"name\": \"g\"}\n</tool_call>",
            "0 f({}) 1 g({})"),
        of(
            QWEN,
            "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": \"one\ntwo\"}}</tool_call>",
            "0 f({\"a\": \"one\\u000atwo\"})"),
        of(
            QWEN,
            "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": \"</tool_call>\"}}</tool_call> ok",
            "0 f({\"a\": \"</tool_call>\"}) say(ok)"),
        of(QWEN, "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 1", "0 f({\"a\": 1)"),
        of(QWEN, "a <tool_call>{\"nam", "say(a <tool_call>{\"nam)"),
        of(QWEN, "a <tool_call>f(1)</tool_call>", "say(a <tool_call>f(1)</tool_call>)"),
        of(
            QWEN,
            "<tool_call>{\"name\": \"f\", \"arguments\": 5}</tool_call>",
            "say(<tool_call>{\"name\": \"f\", \"arguments\": 5}</tool_call>)"),
        of(
            MISTRAL,
            "[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {\"a\": 1}, \"id\": \"abcdefghi\"}, {\"name\": \"g\", \"arguments\": {}}]",
            "0 f({\"a\": 1}) 1 g({})"),
        of(
            MISTRAL,
            "Wait.[TOOL_CALLS]f[ARGS]{\"a\": 1}[TOOL_CALLS]g[CALL_ID]abcdefghi[ARGS]{}",
            "say(Wait.) 0 f({\"a\": 1}) 1 g({})"),
        of(MISTRAL, "[TOOL_CALLS]no name{}", "say([TOOL_CALLS]no name{})"),
        of(LLAMA, "{\"name\": \"f\", \"parameters\": {\"a\": 1}}", "0 f({\"a\": 1})"),
        of(
            LLAMA,
            "<|python_tag|>{\"type\": \"function\", \"name\": \"f\", \"parameters\": {}}; {\"name\": \"g\", \"parameters\": {}}",
            "0 f({}) 1 g({})"),
        of(LLAMA, "<|python_tag|>print(1)", "say(<|python_tag|>print(1))"),
        of(
            LLAMA,
            "{\"name\": \"Bob\", \"parameters\": {}}",
            "say({\"name\": \"Bob\", \"parameters\": {}})"),
        of(LLAMA, "{\"age\": 5}", "say({\"age\": 5})"),
        of(
            LLAMA,
            "So: {\"name\": \"f\", \"parameters\": {}}",
            "say(So: {\"name\": \"f\", \"parameters\": {}})"),
        of(
            HARMONY,
            "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>So.",
            "think(hm) say(So.)"),
        of(
            HARMONY,
            "<|channel|>commentary to=functions.f <|constrain|>json<|message|>{\"a\": 1}<|call|>",
            "0 f({\"a\": 1})"),
        of(HARMONY, " to=functions.f<|channel|>commentary json<|message|>{}", "0 f({})"),
        of(HARMONY, "Plain.", "say(Plain.)"),
        of(
            GENERIC,
            "[{\"name\": \"f\", \"arguments\": {}},\n{\"name\": \"g\", \"arguments\": {}}]",
            "0 f({}) 1 g({})"),
        of(GENERIC, "[1, 2]", "say([1, 2])"),
        of(
            CODER,
            "Yes.\n<tool_call>\n<function=f>\n<parameter=text>\n5\n</parameter>\n<parameter=n>\n5\n</parameter>\n</function>\n</tool_call>",
            "say(Yes.) 0 f({\"text\": \"5\", \"n\": 5})"),
        of(
            CODER,
            "<tool_call>\n<function=f>\n</function>\n</tool_call>\n<tool_call>\n<function=g>\n<parameter=x>\n[1, \"a\"]\n</parameter>\n</function>\n</tool_call>",
            "0 f({}) 1 g({\"x\": [1, \"a\"]})"),
        of(
            CODER,
            "<tool_call>\n<function=f>\n<parameter=text>\na \"b\"\n</p>\n</parameter>",
            "0 f({\"text\": \"a \\\"b\\\"\\n</p>\")"),
        of(CODER, "a <tool_call> b", "say(a <tool_call> b)"),
        of(
            GLM,
            "<think>hm</think><tool_call>f\n<arg_key>text</arg_key>\n<arg_value>a</arg_value>\n<arg_key>n</arg_key><arg_value>true</arg_value>\n</tool_call><tool_call>g</tool_call>",
            "think(hm) 0 f({\"text\": \"a\", \"n\": true}) 1 g({})"),
        of(GLM, "<tool_call>f</tool_call>then <b>", "0 f({}) say(then <b>)"),
        of(
            INVOKE,
            "<minimax:tool_call>\n<invoke name=\"f\">\n<parameter name=\"n\">1.5</parameter>\n</invoke>\n<invoke name=\"g\">\n</invoke>\n</minimax:tool_call>",
            "0 f({\"n\": 1.5}) 1 g({})"),
        of(
            DSML,
            "<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"f\">\n<｜DSML｜parameter name=\"n\" string=\"true\">1</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>",
            "0 f({\"n\": \"1\"})"),
        of(
            DEEPSEEK,
            "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{\"a\": 1}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>g<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
            "0 f({\"a\": 1}) 1 g({})"),
        of(
            KIMI,
            "<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"a\": 1}<|tool_call_end|><|tool_calls_section_end|>",
            "0 f({\"a\": 1})"),
        of(
            MINICPM,
            "<function name=\"f\"><param name=\"text\">a</param></function>",
            "0 f({\"text\": \"a\"})"),
        of(FUNCTIONARY, "<function=f>{\"a\": 1}</function>", "0 f({\"a\": 1})"),
        of(
            GEMMA,
            "<|channel>thought\nhm<channel|>So.<|tool_call>call:f{a:<|\"|>x, \"<|y\\<|\"|>,b:[1,true,{<|\"|>k<|\"|>:-2.5e3,l:word}]}<tool_call|><|tool_call>call:g{}<tool_call|>",
            "think(hm) say(So.) 0 f({\"a\": \"x, \\\"<|y\\\\\", \"b\": [1, true, {\"k\": -2.5e3, \"l\": \"word\"}]}) 1 g({})"),
        of(GEMMA, "<|tool_call>call f", "say(<|tool_call>call f)"),
        of(GEMMA, "<|tool_call>call:f{a:<|\"|>x", "0 f({\"a\": \"x)"),
        of(
            LFM2,
            "<|tool_call_start|>[f(a='it\\'s', b=\"2\", c=[1, None, {'k': True}]), g(text='it's here')]<|tool_call_end|> Done.",
            "0 f({\"a\": \"it's\", \"b\": \"2\", \"c\": [1, null, {\"k\": true}]}) 1 g({\"text\": \"it's here\"}) say(Done.)"),
        of(
            LFM2,
            "<|tool_call_start|>[f(a='\\u00e9\\n\\q', b={\"x\": false, \"y\": .5})]<|tool_call_end|>",
            "0 f({\"a\": \"é\\n\\\\q\", \"b\": {\"x\": false, \"y\": \".5\"}})"),
        of(LFM2, "<|tool_call_start|>f()<|tool_call_end|>", "0 f({})"),
        of(LFM2, "<|tool_call_start|>[no call]", "say(<|tool_call_start|>[no call])"),
        of(
            COMMAND,
            "<|START_THINKING|>hm<|END_THINKING|><|START_ACTION|>[\n    {\"tool_call_id\": \"0\", \"tool_name\": \"f\", \"parameters\": {\"a\": 1}},\n    {\"tool_call_id\": \"1\", \"tool_name\": \"g\", \"parameters\": {}}\n]<|END_ACTION|>",
            "think(hm) 0 f({\"a\": 1}) 1 g({})"),
        of(
            GRANITE,
            "<|tool_call|>[{\"name\": \"f\", \"arguments\": {\"a\": 1}}, {\"name\": \"g\", \"arguments\": {}}]",
            "0 f({\"a\": 1}) 1 g({})"));
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
