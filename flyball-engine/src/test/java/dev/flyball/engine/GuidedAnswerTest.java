package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.dialect.CallableFunction;
import dev.flyball.engine.dialect.ChatDialect;
import dev.flyball.engine.dialect.GrammarStart;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.engine.grammar.GrammarPart;
import dev.flyball.engine.sample.SamplingParams;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Thoughts with an end, grammars behind them, and calls that must be, with control tokens. */
final class GuidedAnswerTest {
  private static final String QWEN = "'\\n<think>' '\\n</think>\\n\\n' <tool_call>";
  private static final String HARMONY = "<|start|><|channel|>analysis<|message|>";
  private static final MarkedTokenizer TOKENIZER =
      new MarkedTokenizer(
          "<think>",
          "</think>",
          "[TOOL_CALLS]",
          "[CALL_ID]",
          "[ARGS]",
          "<tool_call>",
          "</tool_call>",
          "<|start|>",
          "<|end|>",
          "<|channel|>",
          "<|message|>",
          "<|constrain|>");
  private static final Grammar OBJECT =
      Grammar.ofJsonSchema(
          Map.of(
              "type",
              "object",
              "properties",
              Map.of("a", Map.of("type", "integer")),
              "required",
              List.of("a")));

  private String stop = "";
  private Optional<Grammar> grammar = Optional.empty();
  private GrammarStart start = GrammarStart.NEVER;
  private OptionalInt budget = OptionalInt.empty();
  private boolean tools;

  /** Thinks for ever if it may, and says "So." */
  private static String ponder(String text) {
    int thought = text.lastIndexOf("<think>");
    if (thought < 0) {
      return "<think>";
    }
    if (!text.contains("</think>")) {
      return "a";
    }
    return Map.of("", "S", "S", "o", "So", ".").getOrDefault(answer(text), MarkedTokenizer.END);
  }

  private static String answer(String text) {
    return text.substring(text.indexOf("</think>") + 8).strip();
  }

  /** Thinks for ever in the Harmony format. */
  private static String ponderInHarmony(String text) {
    String open = text.substring(text.lastIndexOf("<|start|>assistant") + 18);
    if (open.isEmpty()) {
      return "<|channel|>";
    }
    String head = "<|channel|>analysis<|message|>";
    if (head.startsWith(open) && !head.equals(open)) {
      return head.substring(open.length());
    }
    return open.startsWith(head)
        ? "a"
        : open.endsWith("So.") ? MarkedTokenizer.END : "So.".substring(wished(open));
  }

  private static int wished(String open) {
    return open.endsWith("So") ? 2 : open.endsWith("S") ? 1 : 0;
  }

  private RecordingListener run(String template, String prompt, UnaryOperator<String> wish) {
    WillfulModel model = new WillfulModel(TOKENIZER, wish);
    ChatDialect dialect = ChatDialect.of(template);
    RecordingListener listener = new RecordingListener();
    try (LocalEngine engine =
        new LocalEngine(
            new ModelInfo("willful", "test", "F32", 0, 0, 500, 500, 2),
            TOKENIZER,
            Optional.empty(),
            model,
            new TestCache(1000),
            TestEngine.guessing(),
            new EngineOptions(0, 2, 2, 1),
            System::nanoTime,
            () -> 7)) {
      GenerationRequest request =
          new GenerationRequest(
                  "guided",
                  TOKENIZER.encode(prompt, false, true),
                  SamplingParams.GREEDY,
                  300,
                  stop.isEmpty() ? List.of() : List.of(stop),
                  false,
                  false,
                  0)
              .withMarkers(dialect.markerTokens(TOKENIZER))
              .withGrammar(grammar)
              .withRules(dialect.rules(TOKENIZER, prompt, budget, start, tools));
      assertThat(engine.submit(request, listener)).isInstanceOf(Submission.Accepted.class);
      assertThat(listener.result().reason()).isEqualTo(FinishReason.STOP);
    }
    return listener;
  }

  @Test
  void aBudgetEndsAThoughtAsTheTemplateWouldWriteIt() {
    budget = OptionalInt.of(5);
    RecordingListener listener = run(QWEN, "Hi", GuidedAnswerTest::ponder);
    assertThat(listener.text()).isEqualTo("<think>aaaaa\n</think>\n\nSo.");
    assertThat(listener.result().usage().reasoning()).isEqualTo(5);
    assertThat(listener.result().usage().output()).isEqualTo(1 + 5 + 4 + 3 + 1);
  }

  @Test
  void aBudgetOfNothingEndsAThoughtThatThePromptOpened() {
    budget = OptionalInt.of(0);
    assertThat(run(QWEN, "Hi<think>\n", GuidedAnswerTest::ponder).text())
        .isEqualTo("\n</think>\n\nSo.");
    assertThat(run(QWEN, "Hi", GuidedAnswerTest::ponder).text())
        .isEqualTo("<think>\n</think>\n\nSo.");
  }

  @Test
  void aCharacterIsCompletedBeforeTheThoughtEnds() {
    budget = OptionalInt.of(3);
    String text =
        run(
                QWEN,
                "Hi<think>",
                said ->
                    said.endsWith("</think>\n\n")
                        ? MarkedTokenizer.END
                        : said.length() > 20 ? "x" : "é")
            .text();
    assertThat(text).isEqualTo("éé\n</think>\n\n");
  }

  @Test
  void stopStringsAreLookedForInAnswersOnly() {
    budget = OptionalInt.of(3);
    stop = "\n\n";
    assertThat(run(QWEN, "Hi", GuidedAnswerTest::ponder).text()).endsWith("</think>\n\nSo.");
    stop = "a";
    assertThat(run(QWEN, "Hi", GuidedAnswerTest::ponder).text()).endsWith("</think>\n\nSo.");
    stop = "o.";
    assertThat(run(QWEN, "Hi", GuidedAnswerTest::ponder).text()).endsWith("</think>\n\nS");
  }

  @Test
  void aGrammarHoldsBehindTheThought() {
    budget = OptionalInt.of(3);
    grammar = Optional.of(OBJECT);
    start = GrammarStart.ANSWER;
    assertThat(run(QWEN, "Hi", GuidedAnswerTest::ponder).text())
        .matches("<think>aaa\n</think>\n\n\\{\\s*\"a\":\\s*-?[0-9]+\\s*}");
    assertThat(run(QWEN, "Hi<think>\n\n</think>\n\n", text -> "<think>").text())
        .matches("\\{\\s*\"a\":\\s*-?[0-9]+\\s*}");
  }

  @Test
  void anEndWithinAThoughtIsTheEndOfTheThoughtWhileAGrammarWaits() {
    grammar = Optional.of(OBJECT);
    start = GrammarStart.ANSWER;
    assertThat(run(QWEN, "Hi<think>", text -> MarkedTokenizer.END).text())
        .matches("\n</think>\n\n\\{\\s*\"a\":\\s*-?[0-9]+\\s*}");
  }

  @Test
  void harmonyGoesOnWithTheFinalChannel() {
    budget = OptionalInt.of(4);
    RecordingListener listener =
        run(HARMONY, "<|start|>assistant", GuidedAnswerTest::ponderInHarmony);
    assertThat(listener.text())
        .isEqualTo(
            "<|channel|>analysis<|message|>aaaa<|end|><|start|>assistant<|channel|>final<|message|>So.");
    assertThat(listener.result().usage().reasoning()).isEqualTo(4);
  }

  @Test
  void harmonyWithToolsMayCallBehindTheFirstThoughtAndMustAnswerBehindTheSecond() {
    budget = OptionalInt.of(4);
    tools = true;
    assertThat(run(HARMONY, "<|start|>assistant", GuidedAnswerTest::ponderInHarmony).text())
        .isEqualTo(
            "<|channel|>analysis<|message|>aaaa<|end|><|start|>assistant"
                + "<|channel|>analysis<|message|><|end|><|start|>assistant<|channel|>final<|message|>So.");
  }

  @Test
  void harmonyWithAGrammarThinksAndThenObeys() {
    budget = OptionalInt.of(2);
    grammar = Optional.of(OBJECT);
    start = GrammarStart.ANSWER;
    assertThat(run(HARMONY, "<|start|>assistant", GuidedAnswerTest::ponderInHarmony).text())
        .matches(
            "\\Q<|channel|>analysis<|message|>aa<|end|><|start|>assistant<|channel|>final<|message|>\\E"
                + "\\{\\s*\"a\":\\s*-?[0-9]+\\s*}");
  }

  static Stream<Arguments> notations() {
    String arguments = "\\{\\s*\"a\":\\s*-?[0-9]+\\s*}";
    return Stream.of(
        Arguments.of(
            "<tool_call>",
            "<tool_call>\n\\{\"name\": \"f\", \"arguments\": " + arguments + "}\n</tool_call>"),
        Arguments.of("[TOOL_CALLS][ARGS]", "\\[TOOL_CALLS]f\\[ARGS]" + arguments),
        Arguments.of(
            "[TOOL_CALLS][CALL_ID][ARGS]",
            "\\[TOOL_CALLS]f\\[CALL_ID][A-Za-z0-9]{9}\\[ARGS]" + arguments),
        Arguments.of(
            "[TOOL_CALLS]",
            "\\[TOOL_CALLS]\\[\\{\"name\": \"f\", \"arguments\": "
                + arguments
                + ", \"id\": \"[A-Za-z0-9]{9}\"}]"),
        Arguments.of("<|python_tag|>", "\\{\"name\": \"f\", \"parameters\": " + arguments + "}"),
        Arguments.of("other", "\\{\"name\": \"f\", \"arguments\": " + arguments + "}"),
        Arguments.of(
            "<tool_calls>",
            "<tool_calls>\\[\\{\"name\": \"f\", \"arguments\": " + arguments + "}]</tool_calls>"),
        Arguments.of(
            HARMONY,
            "\\Q<|channel|>commentary to=functions.f <|constrain|>json<|message|>\\E" + arguments));
  }

  @ParameterizedTest
  @MethodSource("notations")
  void aCallIsForcedInTheModelsNotation(String template, String expected) {
    ChatDialect dialect = ChatDialect.of(template);
    List<CallableFunction> functions =
        List.of(
            new CallableFunction(
                "f",
                Map.of(
                    "type", "object",
                    "properties", Map.of("a", Map.of("type", "integer")),
                    "required", List.of("a"))));
    grammar =
        Optional.of(Grammar.ofParts(dialect.calls(TOKENIZER, functions, false).orElseThrow()));
    start = GrammarStart.CALLS;
    budget = OptionalInt.of(0);
    tools = true;
    assertThat(run(template, "Hi", text -> "x").text()).matches(expected);
  }

  @Test
  void aFormBesideToolsLeavesBothTheFormAndACall() {
    ChatDialect dialect = ChatDialect.of(QWEN);
    List<CallableFunction> functions =
        List.of(new CallableFunction("f", Map.of("type", "object", "properties", Map.of())));
    GrammarPart form = Grammar.ofRegex("yes|no").part().orElseThrow();
    grammar =
        Optional.of(
            Grammar.ofParts(dialect.callsOr(form, TOKENIZER, functions, false).orElseThrow()));
    start = GrammarStart.ANSWER;
    tools = true;
    String prompt = "Hi<think></think>";
    assertThat(run(QWEN, prompt, text -> "n").text()).isEqualTo("no");
    assertThat(run(QWEN, prompt, text -> "<tool_call>").text())
        .matches("<tool_call>\n\\{\"name\": \"f\", \"arguments\": \\{\\s*\\s*}}\n</tool_call>");
  }

  @Test
  void aCallIsHeldToItsSchemaFromItsMarkerOn() {
    ChatDialect dialect = ChatDialect.of(QWEN);
    List<CallableFunction> functions =
        List.of(new CallableFunction("f", Map.of("type", "object", "properties", Map.of())));
    grammar =
        Optional.of(
            Grammar.ofParts(dialect.callsAfterMarker(TOKENIZER, functions, false).orElseThrow()));
    start = GrammarStart.CALL_MARKER;
    tools = true;
    assertThat(
            run(QWEN, "Hi<think></think>", text -> text.endsWith("x") ? "<tool_call>" : "x").text())
        .matches("x<tool_call>\n\\{\"name\": \"f\", \"arguments\": \\{\\s*\\s*}}\n</tool_call>");
  }
}
