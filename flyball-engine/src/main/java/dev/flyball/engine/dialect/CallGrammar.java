package dev.flyball.engine.dialect;

import static dev.flyball.engine.grammar.GrammarPart.sequence;
import static dev.flyball.engine.grammar.GrammarPart.text;

import dev.flyball.engine.grammar.GrammarPart;
import dev.flyball.engine.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The grammar of calls in one notation, as its template writes them. */
final class CallGrammar {
  /** Calls that one answer can be made to have. */
  private static final int MAX_CALLS = 32;

  private static final GrammarPart CALL_ID = new GrammarPart.Pattern("[A-Za-z0-9]{9}");

  private static final GrammarPart NO_ID = text("");
  private static final GrammarPart ID = sequence(text(", \"id\": \""), CALL_ID, text("\""));
  private static final GrammarPart OPTIONAL_ID = new GrammarPart.Repeat(ID, 0, 1);

  private final MarkerParts markers;
  private final List<CallableFunction> functions;
  private final int maxCalls;

  private CallGrammar(MarkerParts markers, List<CallableFunction> functions, boolean parallel) {
    this.markers = markers;
    this.functions = functions;
    maxCalls = parallel ? MAX_CALLS : 1;
  }

  /**
   * One call at least, with all markers; nothing where calls cannot be forced in a notation.
   *
   * @param parallel whether there may be more than one call
   */
  static Optional<GrammarPart> of(
      ToolNotation tools,
      MistralForm mistral,
      Tokenizer tokenizer,
      List<CallableFunction> functions,
      boolean parallel) {
    MarkerParts markers = new MarkerParts(tokenizer);
    CallGrammar grammar = new CallGrammar(markers, functions, parallel);
    return switch (tools) {
      case LLAMA -> Optional.of(grammar.any(f -> object(f, "parameters", NO_ID)));
      case HARMONY -> Optional.of(grammar.any(grammar::harmony));
      case GENERIC -> Optional.of(grammar.any(f -> object(f, "arguments", NO_ID)));
      default ->
          grammar
              .marked(tools, mistral)
              .map(rest -> sequence(markers.marker(tools.opening()), rest));
    };
  }

  /**
   * As {@link #of}, but what follows the first marker; nothing where no one token announces calls.
   */
  static Optional<GrammarPart> afterMarker(
      ToolNotation tools,
      MistralForm mistral,
      Tokenizer tokenizer,
      List<CallableFunction> functions,
      boolean parallel) {
    boolean oneToken =
        !tools.opening().isEmpty() && tokenizer.encodeWithin(tools.opening()).size() == 1;
    return oneToken
        ? new CallGrammar(new MarkerParts(tokenizer), functions, parallel).marked(tools, mistral)
        : Optional.empty();
  }

  /** The calls behind their first marker. */
  private Optional<GrammarPart> marked(ToolNotation tools, MistralForm mistral) {
    GrammarPart closing = markers.marker(tools.closing());
    return switch (tools) {
      case NONE, LLAMA, HARMONY, GENERIC -> Optional.empty();
      case TAGGED -> Optional.of(tagged(tools));
      case TAGGED_LIST -> Optional.of(sequence(list(OPTIONAL_ID), closing));
      case MISTRAL -> Optional.of(mistral(tools, mistral));
      case GRANITE -> Optional.of(list(NO_ID));
      case COMMAND -> Optional.of(sequence(command(), closing));
      case LFM2 -> Optional.of(sequence(python(), closing));
      case GEMMA -> {
        GemmaGrammar gemma = new GemmaGrammar(markers);
        yield Optional.of(several(sequence(any(gemma::call), closing), again(tools)));
      }
      case DEEPSEEK -> Optional.of(sequence(deepSeek(false), closing));
      case DEEPSEEK_FENCED -> Optional.of(sequence(deepSeek(true), closing));
      case KIMI -> Optional.of(sequence(kimi(), closing));
      case FUNCTION_OBJECTS ->
          Optional.of(
              several(any(f -> sequence(text(f.name() + ">"), schema(f), closing)), again(tools)));
      case FUNCTION_TAGS,
          SEED_TAGS,
          ARGUMENT_KEYS,
          MINIMAX,
          DSML_FUNCTION_CALLS,
          DSML_TOOL_CALLS,
          FUNCTION_PARAMETERS ->
          Optional.of(inTags(tools));
    };
  }

  private GrammarPart again(ToolNotation tools) {
    return markers.marker(tools.opening());
  }

  private GrammarPart inTags(ToolNotation tools) {
    PairGrammar pairs = new PairGrammar(tools, markers);
    GrammarPart call = any(pairs::call);
    GrammarPart closing = markers.marker(tools.closing());
    return switch (tools) {
      case MINIMAX, DSML_FUNCTION_CALLS, DSML_TOOL_CALLS ->
          sequence(text("\n"), several(call, text("")), closing);
      case FUNCTION_PARAMETERS -> several(sequence(call, closing), again(tools));
      default ->
          several(
              sequence(call, closing),
              sequence(new GrammarPart.Repeat(text("\n"), 0, 1), again(tools)));
    };
  }

  private GrammarPart command() {
    GrammarPart call =
        any(
            f ->
                sequence(
                    text("\n    {\"tool_call_id\": \""),
                    new GrammarPart.Pattern("[0-9]{1,4}"),
                    text("\", \"tool_name\": \"" + f.name() + "\", \"parameters\": "),
                    schema(f),
                    text("}")));
    return sequence(text("["), several(call, text(",")), text("\n]"));
  }

  private GrammarPart python() {
    GrammarPart call = any(f -> sequence(text(f.name() + "("), PythonArguments.of(f), text(")")));
    return sequence(text("["), several(call, text(", ")), text("]"));
  }

  private GrammarPart deepSeek(boolean fenced) {
    GrammarPart begin = markers.marker("<｜tool▁call▁begin｜>");
    GrammarPart separator = markers.marker("<｜tool▁sep｜>");
    GrammarPart end = markers.marker("<｜tool▁call▁end｜>");
    GrammarPart call =
        any(
            f ->
                fenced
                    ? sequence(
                        begin,
                        text("function"),
                        separator,
                        text(f.name() + "\n```json\n"),
                        schema(f),
                        text("\n```"),
                        end)
                    : sequence(begin, text(f.name()), separator, schema(f), end));
    return several(call, new GrammarPart.Repeat(text("\n"), 0, 1));
  }

  private GrammarPart kimi() {
    GrammarPart first = any(f -> kimi(f, text(":0")));
    return maxCalls == 1
        ? first
        : sequence(
            first,
            new GrammarPart.Repeat(
                any(f -> kimi(f, new GrammarPart.Pattern(":[1-9][0-9]?"))), 0, maxCalls - 1));
  }

  private GrammarPart kimi(CallableFunction function, GrammarPart number) {
    return sequence(
        markers.marker("<|tool_call_begin|>"),
        text("functions." + function.name()),
        number,
        markers.marker("<|tool_call_argument_begin|>"),
        schema(function),
        markers.marker("<|tool_call_end|>"));
  }

  private GrammarPart tagged(ToolNotation tools) {
    GrammarPart call =
        sequence(
            text("\n"),
            any(f -> object(f, "arguments", NO_ID)),
            text("\n"),
            markers.marker(tools.closing()));
    return several(call, sequence(text("\n"), markers.marker(tools.opening())));
  }

  /** A list of calls; behind the arguments of each its id. */
  private GrammarPart list(GrammarPart id) {
    GrammarPart call = any(f -> object(f, "arguments", id));
    return sequence(text("["), several(call, text(", ")), text("]"));
  }

  private GrammarPart mistral(ToolNotation tools, MistralForm form) {
    GrammarPart arguments = markers.marker("[ARGS]");
    GrammarPart opening = markers.marker(tools.opening());
    return switch (form) {
      case LIST -> list(ID);
      case NAMED -> several(any(f -> sequence(text(f.name()), arguments, schema(f))), opening);
      case NAMED_WITH_ID -> {
        GrammarPart id = sequence(markers.marker("[CALL_ID]"), CALL_ID, arguments);
        yield several(any(f -> sequence(text(f.name()), id, schema(f))), opening);
      }
    };
  }

  private GrammarPart harmony(CallableFunction function) {
    return sequence(
        markers.marker("<|channel|>"),
        text("commentary to=functions." + function.name() + " "),
        markers.marker("<|constrain|>"),
        text("json"),
        markers.marker("<|message|>"),
        schema(function));
  }

  private GrammarPart any(Function<CallableFunction, GrammarPart> form) {
    return new GrammarPart.Choice(functions.stream().map(form).toList());
  }

  private GrammarPart several(GrammarPart call, GrammarPart separator) {
    return maxCalls == 1
        ? call
        : sequence(call, new GrammarPart.Repeat(sequence(separator, call), 0, maxCalls - 1));
  }

  private static GrammarPart object(CallableFunction function, String key, GrammarPart id) {
    return sequence(
        text("{\"name\": \"" + function.name() + "\", \"" + key + "\": "),
        schema(function),
        id,
        text("}"));
  }

  private static GrammarPart schema(CallableFunction function) {
    return new GrammarPart.JsonSchema(function.parameters());
  }
}
