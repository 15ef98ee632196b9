package dev.flyball.engine.dialect;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A notation of calls in blocks: the name in tags, the arguments as one JSON object or as pairs of
 * keys and values in tags of their own.
 *
 * @param opening what stands before the block
 * @param name up to the arguments; the group of it that matched is the name
 * @param pairs nothing: the arguments are one JSON object
 * @param callEnd what ends a call
 * @param closing what ends a block of several calls; nothing: each call has its own opening
 */
record BlockNotation(
    String opening,
    Pattern name,
    Optional<Pairs> pairs,
    Pattern callEnd,
    Optional<Pattern> closing) {
  private static final String NAME = "([A-Za-z0-9_.-]{1,256})";

  /**
   * How arguments are written.
   *
   * @param key up to the value; its first group is the key; a group {@code text} that is {@code
   *     true} or {@code false} says whether the value is text
   * @param valueEnd what stands behind a value
   * @param lined whether a line end on either side of a value is not part of it
   */
  record Pairs(Pattern key, String valueEnd, boolean lined) {}

  private static final Map<ToolNotation, BlockNotation> KNOWN = new EnumMap<>(ToolNotation.class);

  static {
    KNOWN.put(ToolNotation.FUNCTION_TAGS, functions("tool_call"));
    KNOWN.put(ToolNotation.SEED_TAGS, functions("seed:tool_call"));
    KNOWN.put(ToolNotation.ARGUMENT_KEYS, argumentKeys());
    KNOWN.put(ToolNotation.MINIMAX, invocations(ToolNotation.MINIMAX, ""));
    KNOWN.put(
        ToolNotation.DSML_FUNCTION_CALLS, invocations(ToolNotation.DSML_FUNCTION_CALLS, "｜DSML｜"));
    KNOWN.put(ToolNotation.DSML_TOOL_CALLS, invocations(ToolNotation.DSML_TOOL_CALLS, "｜DSML｜"));
    KNOWN.put(ToolNotation.FUNCTION_PARAMETERS, parameters());
    KNOWN.put(ToolNotation.FUNCTION_OBJECTS, functionObjects());
    KNOWN.put(ToolNotation.DEEPSEEK, deepSeek());
    KNOWN.put(ToolNotation.DEEPSEEK_FENCED, deepSeek());
    KNOWN.put(ToolNotation.KIMI, kimi());
  }

  /** The blocks of a notation; nothing where it has none. */
  static Optional<BlockNotation> of(ToolNotation tools) {
    return Optional.ofNullable(KNOWN.get(tools));
  }

  /** Qwen3-Coder, Seed: {@code <function=name><parameter=key>value</parameter></function>}. */
  private static BlockNotation functions(String tag) {
    return new BlockNotation(
        "<" + tag + ">",
        Pattern.compile("\\s*<function=" + NAME + ">"),
        Optional.of(
            new Pairs(Pattern.compile("\\s*<parameter=([^>]{1,256})>"), "</parameter>", true)),
        Pattern.compile("\\s*</function>"),
        Optional.of(Pattern.compile("\\s*</" + tag + ">")));
  }

  /** GLM-4.5: {@code name<arg_key>key</arg_key><arg_value>value</arg_value>}. */
  private static BlockNotation argumentKeys() {
    return new BlockNotation(
        "<tool_call>",
        Pattern.compile("\\s*" + NAME + "(?=[\\s<])"),
        Optional.of(
            new Pairs(
                Pattern.compile("\\s*<arg_key>([^<]{1,256})</arg_key>\\s*<arg_value>"),
                "</arg_value>",
                false)),
        Pattern.compile("\\s*</tool_call>"),
        Optional.empty());
  }

  /**
   * MiniMax, DeepSeek V3.2: {@code <invoke name="name"><parameter name="key">value</parameter>}.
   */
  private static BlockNotation invocations(ToolNotation tools, String prefix) {
    String tag = Pattern.quote(prefix);
    return new BlockNotation(
        tools.opening(),
        Pattern.compile("\\s*<" + tag + "invoke name=\"" + NAME + "\">"),
        Optional.of(
            new Pairs(
                Pattern.compile(
                    "\\s*<"
                        + tag
                        + "parameter name=\"([^\"]{1,256})\"(?: string=\"(?<text>true|false)\")?>"),
                "</" + prefix + "parameter>",
                false)),
        Pattern.compile("\\s*</" + tag + "invoke>"),
        Optional.of(Pattern.compile("\\s*" + Pattern.quote(tools.closing()))));
  }

  /** MiniCPM: {@code <function name="name"><param name="key">value</param></function>}. */
  private static BlockNotation parameters() {
    return new BlockNotation(
        "<function name=\"",
        Pattern.compile(NAME + "\">"),
        Optional.of(
            new Pairs(Pattern.compile("\\s*<param name=\"([^\"]{1,256})\">"), "</param>", false)),
        Pattern.compile("\\s*</function>"),
        Optional.empty());
  }

  /** Functionary 3.1: {@code <function=name>{...}</function>}. */
  private static BlockNotation functionObjects() {
    return new BlockNotation(
        "<function=",
        Pattern.compile(NAME + ">\\s*(?=\\{)"),
        Optional.empty(),
        Pattern.compile("\\s*</function>"),
        Optional.empty());
  }

  /** DeepSeek R1 and V3 with a fence around JSON, V3.1 without. */
  private static BlockNotation deepSeek() {
    return new BlockNotation(
        "<｜tool▁calls▁begin｜>",
        Pattern.compile(
            "\\s*<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>"
                + NAME
                + "\\s*```json\\s*(?=\\{)|"
                + NAME
                + "<｜tool▁sep｜>\\s*(?=\\{))"),
        Optional.empty(),
        Pattern.compile("\\s*(?:```\\s*)?<｜tool▁call▁end｜>"),
        Optional.of(Pattern.compile("\\s*<｜tool▁calls▁end｜>")));
  }

  /** Kimi K2: {@code functions.name:0} and JSON, between tokens of their own. */
  private static BlockNotation kimi() {
    return new BlockNotation(
        "<|tool_calls_section_begin|>",
        Pattern.compile(
            "\\s*<\\|tool_call_begin\\|>\\s*(?:functions\\.)?"
                + "([A-Za-z0-9_.-]{1,256}?)(?::[0-9]+)?\\s*<\\|tool_call_argument_begin\\|>\\s*(?=\\{)"),
        Optional.empty(),
        Pattern.compile("\\s*<\\|tool_call_end\\|>"),
        Optional.of(Pattern.compile("\\s*<\\|tool_calls_section_end\\|>")));
  }
}
