package dev.flyball.engine.dialect;

import static dev.flyball.engine.grammar.GrammarPart.sequence;
import static dev.flyball.engine.grammar.GrammarPart.text;

import dev.flyball.engine.grammar.GrammarPart;
import java.util.List;

/**
 * The grammar of one call whose arguments are pairs of keys and values in tags, without the tags of
 * its block. Text is written as it is, so that of what its schema says only {@code enum} and {@code
 * const} hold; other values are JSON.
 */
record PairGrammar(ToolNotation tools, MarkerParts markers) {
  /** Arguments of a function that does not say what they are. */
  private static final int MAX_FREE_ARGUMENTS = 16;

  private static final GrammarPart FREE_KEY =
      new GrammarPart.Pattern("[A-Za-z_][A-Za-z0-9_]{0,63}");

  /** A line end, which some models of a family write and others do not. */
  private static final GrammarPart LINE = new GrammarPart.Repeat(text("\n"), 0, 1);

  GrammarPart call(CallableFunction function) {
    String name = function.name();
    GrammarPart pairs = pairs(function);
    return switch (tools) {
      case ARGUMENT_KEYS -> sequence(text(name), LINE, pairs);
      case FUNCTION_PARAMETERS -> sequence(text(name + "\">"), pairs);
      case MINIMAX ->
          sequence(text("<invoke name=\"" + name + "\">\n"), pairs, text("</invoke>\n"));
      case DSML_FUNCTION_CALLS, DSML_TOOL_CALLS ->
          sequence(
              text("<｜DSML｜invoke name=\"" + name + "\">\n"), pairs, text("</｜DSML｜invoke>\n"));
      default -> sequence(text("\n<function=" + name + ">\n"), pairs, text("</function>\n"));
    };
  }

  private GrammarPart pairs(CallableFunction function) {
    return FunctionArguments.areDescribed(function)
        ? Members.joined(
            FunctionArguments.of(function).stream()
                .map(argument -> new Members.Member(pair(argument), argument.required()))
                .toList())
        : new GrammarPart.Repeat(sequence(key(FREE_KEY, true), anyText()), 0, MAX_FREE_ARGUMENTS);
  }

  private GrammarPart pair(FunctionArguments.Argument argument) {
    boolean isText = argument.isText();
    return sequence(
        key(text(argument.name()), isText),
        !isText
            ? sequence(new GrammarPart.JsonSchema(argument.schema()), end())
            : argument.texts().isEmpty() ? anyText() : oneOf(argument.texts()));
  }

  private GrammarPart oneOf(List<String> texts) {
    return sequence(new GrammarPart.Choice(texts.stream().map(GrammarPart::text).toList()), end());
  }

  private GrammarPart key(GrammarPart key, boolean isText) {
    return switch (tools) {
      case ARGUMENT_KEYS ->
          sequence(
              markers.marker("<arg_key>"),
              key,
              markers.marker("</arg_key>"),
              LINE,
              markers.marker("<arg_value>"));
      case FUNCTION_PARAMETERS -> sequence(text("<param name=\""), key, text("\">"));
      case MINIMAX -> sequence(text("<parameter name=\""), key, text("\">"));
      case DSML_FUNCTION_CALLS, DSML_TOOL_CALLS ->
          sequence(text("<｜DSML｜parameter name=\""), key, text("\" string=\"" + isText + "\">"));
      case SEED_TAGS -> sequence(text("<parameter="), key, text(">"));
      default -> sequence(text("<parameter="), key, text(">\n"));
    };
  }

  private String valueEnd() {
    return switch (tools) {
      case ARGUMENT_KEYS -> "</arg_value>";
      case FUNCTION_PARAMETERS -> "</param>";
      case DSML_FUNCTION_CALLS, DSML_TOOL_CALLS -> "</｜DSML｜parameter>";
      case MINIMAX, SEED_TAGS -> "</parameter>";
      default -> "\n</parameter>";
    };
  }

  private GrammarPart end() {
    return sequence(markers.marker(valueEnd()), afterValue());
  }

  private GrammarPart anyText() {
    return sequence(markers.textUntil(valueEnd()), afterValue());
  }

  private GrammarPart afterValue() {
    return switch (tools) {
      case FUNCTION_PARAMETERS -> text("");
      case ARGUMENT_KEYS -> LINE;
      default -> text("\n");
    };
  }
}
