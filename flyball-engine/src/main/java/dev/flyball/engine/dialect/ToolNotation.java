package dev.flyball.engine.dialect;

import java.util.List;

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
      case LLAMA -> List.of(opening);
      case MISTRAL -> List.of(opening, "[CALL_ID]", "[ARGS]");
      case HARMONY -> HarmonyParser.MARKERS;
      case TAGGED, TAGGED_LIST, GENERIC -> List.of(opening, closing);
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
    if (List.of(
            "<arg_key>", "<function=", "<parameter", "invoke name=", "<param name=", "tool_name")
        .stream()
        .anyMatch(template::contains)) {
      return NONE;
    }
    if (template.contains("<tool_calls>")) {
      return TAGGED_LIST;
    }
    if (template.contains("<tool_call>")) {
      return TAGGED;
    }
    boolean namesParameters =
        template.contains("{\"name\": ") && template.contains("\"parameters\": ");
    return template.contains("<|python_tag|>") || namesParameters ? LLAMA : GENERIC;
  }
}
