package dev.flyball.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.MarkedTokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls that are forced: right in each notation, held to their schema, and read back. */
final class CallGrammarTest {
  private static final CallableFunction FUNCTION =
      new CallableFunction(
          "f",
          Map.of(
              "type",
              "object",
              "properties",
              ordered(
                  "city", Map.of("type", "string"),
                  "days", Map.of("$ref", "#/$defs/days"),
                  "kind", Map.of("type", "string", "enum", List.of("a", "b"))),
              "required",
              List.of("city", "days"),
              "$defs",
              Map.of("days", Map.of("type", "array", "items", Map.of("type", "integer")))));

  private static Map<String, Object> ordered(Object... namesAndSchemas) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (int i = 0; i < namesAndSchemas.length; i += 2) {
      properties.put(namesAndSchemas[i].toString(), namesAndSchemas[i + 1]);
    }
    return properties;
  }

  /** A template's signs, and a call whose parts {@code CITY}, {@code DAYS}, {@code KIND} vary. */
  static Stream<Arguments> notations() {
    return Stream.of(
        Arguments.of(
            "<tool_call><function=<parameter=",
            "<tool_call>\n<function=f>\n<parameter=city>\nCITY\n</parameter>\n<parameter=days>\nDAYS\n</parameter>\n<parameter=kind>\nKIND\n</parameter>\n</function>\n</tool_call>"),
        Arguments.of(
            "<seed:tool_call><function=",
            "<seed:tool_call>\n<function=f>\n<parameter=city>CITY</parameter>\n<parameter=days>DAYS</parameter>\n<parameter=kind>KIND</parameter>\n</function>\n</seed:tool_call>"),
        Arguments.of(
            "<tool_call><arg_key><arg_value>",
            "<tool_call>f\n<arg_key>city</arg_key>\n<arg_value>CITY</arg_value>\n<arg_key>days</arg_key>\n<arg_value>DAYS</arg_value>\n<arg_key>kind</arg_key>\n<arg_value>KIND</arg_value>\n</tool_call>"),
        Arguments.of(
            "<minimax:tool_call><invoke name=",
            "<minimax:tool_call>\n<invoke name=\"f\">\n<parameter name=\"city\">CITY</parameter>\n<parameter name=\"days\">DAYS</parameter>\n<parameter name=\"kind\">KIND</parameter>\n</invoke>\n</minimax:tool_call>"),
        Arguments.of(
            "｜DSML｜function_calls invoke name=",
            "<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"f\">\n<｜DSML｜parameter name=\"city\" string=\"true\">CITY</｜DSML｜parameter>\n<｜DSML｜parameter name=\"days\" string=\"false\">DAYS</｜DSML｜parameter>\n<｜DSML｜parameter name=\"kind\" string=\"true\">KIND</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>"),
        Arguments.of(
            "<function name=<param name=",
            "<function name=\"f\"><param name=\"city\">CITY</param><param name=\"days\">DAYS</param><param name=\"kind\">KIND</param></function>"),
        Arguments.of(
            "<function=</function>",
            "<function=f>{\"city\": \"CITY\", \"days\": DAYS, \"kind\": \"KIND\"}</function>"),
        Arguments.of(
            "<｜tool▁calls▁begin｜><｜tool▁sep｜>",
            "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"city\": \"CITY\", \"days\": DAYS, \"kind\": \"KIND\"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>"),
        Arguments.of(
            "<｜tool▁calls▁begin｜><｜tool▁sep｜>```json",
            "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{\"city\": \"CITY\", \"days\": DAYS, \"kind\": \"KIND\"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"),
        Arguments.of(
            "<|tool_calls_section_begin|><|tool_call_argument_begin|>",
            "<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"city\": \"CITY\", \"days\": DAYS, \"kind\": \"KIND\"}<|tool_call_end|><|tool_calls_section_end|>"),
        Arguments.of(
            "<|tool_call><tool_call|>",
            "<|tool_call>call:f{city:<|\"|>CITY<|\"|>,days:DAYS,kind:<|\"|>KIND<|\"|>}<tool_call|>"),
        Arguments.of(
            "<|tool_list_start|>",
            "<|tool_call_start|>[f(city=\"CITY\", days=DAYS, kind=\"KIND\")]<|tool_call_end|>"),
        Arguments.of(
            "<|START_ACTION|>tool_name",
            "<|START_ACTION|>[\n    {\"tool_call_id\": \"0\", \"tool_name\": \"f\", \"parameters\": {\"city\": \"CITY\", \"days\": DAYS, \"kind\": \"KIND\"}}\n]<|END_ACTION|>"),
        Arguments.of(
            "<|tool_call|>",
            "<|tool_call|>[{\"name\": \"f\", \"arguments\": {\"city\": \"CITY\", \"days\": DAYS, \"kind\": \"KIND\"}}]"));
  }

  @ParameterizedTest
  @MethodSource("notations")
  void aForcedCallFollowsItsSchemaAndIsReadBack(String template, String call) {
    ChatDialect dialect = ChatDialect.of(template);
    String right = filled(call, "Pune", "[1,2]", "b");
    assertThat(ForcedCalls.accepts(dialect, FUNCTION, right)).isTrue();
    assertThat(ForcedCalls.accepts(dialect, FUNCTION, filled(call, "<é>", "[]", "a"))).isTrue();
    assertThat(ForcedCalls.accepts(dialect, FUNCTION, filled(call, "Pune", "[1.5]", "b")))
        .isFalse();
    assertThat(ForcedCalls.accepts(dialect, FUNCTION, filled(call, "Pune", "many", "b"))).isFalse();
    assertThat(ForcedCalls.accepts(dialect, FUNCTION, filled(call, "Pune", "[1]", "c"))).isFalse();
    assertThat(ForcedCalls.accepts(dialect, FUNCTION, right.replace("days", "dayz"))).isFalse();
    assertThat(ForcedCalls.accepts(dialect, FUNCTION, right + "x")).isFalse();

    AnswerParser parser = dialect.parser("", List.of(FUNCTION));
    assertThat(ParsedText.parse(parser, ParsedText.characters(right)).replace(" ", ""))
        .isEqualTo("0f({\"city\":\"Pune\",\"days\":[1,2],\"kind\":\"b\"})");
  }

  private static String filled(String call, String city, String days, String kind) {
    return call.replace("CITY", city).replace("DAYS", days).replace("KIND", kind);
  }

  @ParameterizedTest
  @MethodSource("notations")
  void optionalArgumentsMayBeMissingAndRequiredOnesMayNot(String template, String call) {
    ChatDialect dialect = ChatDialect.of(template);
    String optional = withoutKind(filled(call, "Pune", "[1]", "b"));
    assertThat(ForcedCalls.accepts(dialect, FUNCTION, optional)).as(optional).isTrue();
    CallableFunction strict =
        new CallableFunction(
            "f",
            Map.of(
                "properties",
                    Map.of("city", Map.of("type", "string"), "kind", Map.of("type", "string")),
                "required", List.of("kind")));
    assertThat(ForcedCalls.accepts(dialect, strict, optional)).isFalse();
  }

  private static String withoutKind(String call) {
    return call.replaceAll(
        "(?s)(, \"kind\": \"b\"|, kind=\"b\"|,kind:<\\|\"\\|>b<\\|\"\\|>|<(?:｜DSML｜)?param(?:eter)?(?:=| name=\")kind[^<]*</(?:｜DSML｜)?param(?:eter)?>\n?|<arg_key>kind</arg_key>\n<arg_value>b</arg_value>\n)",
        "");
  }

  @Test
  void aFunctionThatDescribesNoArgumentsMayHaveAny() {
    ChatDialect dialect = ChatDialect.of("<tool_call><function=<parameter=");
    CallableFunction open = new CallableFunction("f", Map.of("type", "object"));
    String start = "<tool_call>\n<function=f>\n";
    String end = "</function>\n</tool_call>";
    assertThat(ForcedCalls.accepts(dialect, open, start + end)).isTrue();
    assertThat(
            ForcedCalls.accepts(dialect, open, start + "<parameter=any>\nx\n</parameter>\n" + end))
        .isTrue();
  }

  @Test
  void whatGemmaCannotWriteIsAnError() {
    Map<String, Object> endless =
        Map.of("properties", Map.of("child", Map.of("$ref", "#")), "required", List.of("child"));
    ChatDialect gemma = ChatDialect.of("<|tool_call><tool_call|>");
    assertThatThrownBy(
            () ->
                gemma.calls(
                    new MarkedTokenizer(), List.of(new CallableFunction("f", endless)), false))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("nest deeper");
  }
}
