package dev.flyball.engine.dialect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How a family of models writes calls. */
enum ToolNotation {
  /** Not at all, or in a way that is not read: calls stay content. */
  NONE("", ""),
  /** Qwen, Hermes: {@code <tool_call>{"name": ..., "arguments": {...}}</tool_call>}, one each. */
  TAGGED("<tool_call>", "</tool_call>"),
  /** Apriel: {@code <tool_calls>[{...}, {...}]</tool_calls>}. */
  TAGGED_LIST("<tool_calls>", "</tool_calls>"),
  /** Llama 3: the whole answer is {@code {"name": ..., "parameters": {...}}}, or several. */
  LLAMA("<|python_tag|>", ""),
  /** Mistral: {@code [TOOL_CALLS][{...}]}, or {@code [TOOL_CALLS]name[ARGS]{...}} for each. */
  MISTRAL("[TOOL_CALLS]", ""),
  /** Qwen3-Coder, Qwen 3.5, Nemotron 3: functions and parameters in tags. */
  FUNCTION_TAGS("<tool_call>", "</tool_call>"),
  /** Seed-OSS: the same in tags of its own. */
  SEED_TAGS("<seed:tool_call>", "</seed:tool_call>"),
  /** GLM-4.5 and its like: keys and values in tags. */
  ARGUMENT_KEYS("<tool_call>", "</tool_call>"),
  /** MiniMax-M2: invocations and parameters in tags. */
  MINIMAX("<minimax:tool_call>", "</minimax:tool_call>"),
  /** DeepSeek V3.2: the same in tags of its own. */
  DSML_FUNCTION_CALLS("<｜DSML｜function_calls>", "</｜DSML｜function_calls>"),
  /** DeepSeek V4: the same again. */
  DSML_TOOL_CALLS("<｜DSML｜tool_calls>", "</｜DSML｜tool_calls>"),
  /** MiniCPM: functions and parameters with their names as attributes. */
  FUNCTION_PARAMETERS("<function name=\"", "</function>"),
  /** Functionary 3.1: functions in tags around JSON. */
  FUNCTION_OBJECTS("<function=", "</function>"),
  /** DeepSeek V3.1: names and JSON between tokens. */
  DEEPSEEK("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"),
  /** DeepSeek R1, V3: the same, with a fence around the JSON. */
  DEEPSEEK_FENCED("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"),
  /** Kimi K2: names and JSON between tokens. */
  KIMI("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"),
  /** Gemma 4: {@code call:name{key:value}}, strings between tokens of their own. */
  GEMMA("<|tool_call>", "<tool_call|>"),
  /** LFM2: {@code [name(key='value'), ...]}, as in Python. */
  LFM2("<|tool_call_start|>", "<|tool_call_end|>"),
  /**
   * Command R7B, Command A: {@code [{"tool_call_id": ..., "tool_name": ..., "parameters": ...}]}.
   */
  COMMAND("<|START_ACTION|>", "<|END_ACTION|>"),
  /** Granite 3: {@code <|tool_call|>[{"name": ..., "arguments": ...}]}. */
  GRANITE("<|tool_call|>", ""),
  /** gpt-oss: a message to {@code functions.name}. */
  HARMONY("", ""),
  /** Unknown: the whole answer is a call or a list of them, or calls stand in the commonest tag. */
  GENERIC("<tool_call>", "</tool_call>");

  private final String opening;
  private final String closing;

  ToolNotation(String opening, String closing) {
    this.opening = opening;
    this.closing = closing;
  }

  /** What stands before calls; empty where nothing does. */
  String opening() {
    return opening;
  }

  /** What stands behind calls; empty where nothing does. */
  String closing() {
    return closing;
  }

  /** Whether an answer may begin with a call that no marker announces. */
  boolean unmarked() {
    return this == LLAMA || this == GENERIC;
  }

  /** The texts that may be tokens of their own. */
  List<String> markers() {
    return switch (this) {
      case NONE -> List.of();
      case LLAMA, GRANITE -> List.of(opening);
      case GEMMA -> List.of(opening, closing, LiteralReader.GEMMA_QUOTE);
      case MISTRAL -> List.of(opening, "[CALL_ID]", "[ARGS]");
      case HARMONY -> HarmonyParser.MARKERS;
      case DEEPSEEK, DEEPSEEK_FENCED ->
          List.of(opening, closing, "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>");
      case KIMI ->
          List.of(
              opening,
              closing,
              "<|tool_call_begin|>",
              "<|tool_call_argument_begin|>",
              "<|tool_call_end|>");
      case ARGUMENT_KEYS ->
          List.of(opening, closing, "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>");
      case TAGGED,
          TAGGED_LIST,
          GENERIC,
          FUNCTION_TAGS,
          SEED_TAGS,
          MINIMAX,
          DSML_FUNCTION_CALLS,
          DSML_TOOL_CALLS,
          FUNCTION_PARAMETERS,
          FUNCTION_OBJECTS,
          LFM2,
          COMMAND ->
          List.of(opening, closing);
    };
  }

  /** The notation that a template renders past calls in. */
  static ToolNotation of(String template) {
    if (template.contains("<|channel|>") && template.contains("<|message|>")) {
      return HARMONY;
    }
    if (template.contains("[TOOL_CALLS]")) {
      return MISTRAL;
    }
    Optional<ToolNotation> bySigns = bySigns(template);
    if (bySigns.isPresent()) {
      return bySigns.get();
    }
    if (Stream.of("<arg_key", "invoke name=", "<param name=", "tool_name")
        .anyMatch(template::contains)) {
      return NONE;
    }
    if (template.contains("<tool_calls>")) {
      return TAGGED_LIST;
    }
    if (template.contains("<tool_call>")) {
      return TAGGED;
    }
    if (template.contains("<|tool_call|>")) {
      return GRANITE;
    }
    if (Stream.of("<|tool_call_start|>", "<|tool_list_start|>", "\"List of tools: [\"")
        .anyMatch(template::contains)) {
      return LFM2;
    }
    boolean namesParameters =
        template.contains("{\"name\": ") && template.contains("\"parameters\": ");
    return template.contains("<|python_tag|>") || namesParameters ? LLAMA : GENERIC;
  }

  /** What a template must have for a notation; the first that fits is taken. */
  private static Optional<ToolNotation> bySigns(String template) {
    Map<ToolNotation, List<String>> signs = new LinkedHashMap<>();
    signs.put(SEED_TAGS, List.of("<seed:tool_call>", "<function="));
    signs.put(FUNCTION_TAGS, List.of("<tool_call>", "<function=", "<parameter="));
    signs.put(FUNCTION_OBJECTS, List.of("<function=", "</function>"));
    signs.put(ARGUMENT_KEYS, List.of("<tool_call>", "<arg_key>", "<arg_value>"));
    signs.put(MINIMAX, List.of("<minimax:tool_call>", "<invoke name="));
    signs.put(DSML_FUNCTION_CALLS, List.of("｜DSML｜", "function_calls", "invoke name="));
    signs.put(DSML_TOOL_CALLS, List.of("｜DSML｜", "tool_calls", "invoke name="));
    signs.put(FUNCTION_PARAMETERS, List.of("<function name=", "<param name="));
    signs.put(DEEPSEEK_FENCED, List.of("<｜tool▁calls▁begin｜>", "<｜tool▁sep｜>", "```json"));
    signs.put(DEEPSEEK, List.of("<｜tool▁calls▁begin｜>", "<｜tool▁sep｜>"));
    signs.put(KIMI, List.of("<|tool_calls_section_begin|>", "<|tool_call_argument_begin|>"));
    signs.put(GEMMA, List.of("<|tool_call>", "<tool_call|>"));
    signs.put(COMMAND, List.of("<|START_ACTION|>", "tool_name"));
    return signs.entrySet().stream()
        .filter(entry -> entry.getValue().stream().allMatch(template::contains))
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
