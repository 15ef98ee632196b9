package dev.flyball.engine.dialect;

import static dev.flyball.engine.grammar.GrammarPart.sequence;
import static dev.flyball.engine.grammar.GrammarPart.text;

import dev.flyball.engine.grammar.GrammarPart;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The grammar of calls in one notation, as its template writes them. */
final class CallGrammar {
  /** Calls that one answer can be made to have. */
  private static final int MAX_CALLS = 32;

  private static final GrammarPart CALL_ID = new GrammarPart.Pattern("[A-Za-z0-9]{9}");

  private final Tokenizer tokenizer;
  private final List<CallableFunction> functions;
  private final int maxCalls;

  private CallGrammar(Tokenizer tokenizer, List<CallableFunction> functions, boolean parallel) {
    this.tokenizer = tokenizer;
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
    CallGrammar grammar = new CallGrammar(tokenizer, functions, parallel);
    return switch (tools) {
      case NONE,
          FUNCTION_TAGS,
          SEED_TAGS,
          ARGUMENT_KEYS,
          MINIMAX,
          DSML_FUNCTION_CALLS,
          DSML_TOOL_CALLS,
          FUNCTION_PARAMETERS,
          FUNCTION_OBJECTS,
          DEEPSEEK,
          KIMI ->
          Optional.empty();
      case LLAMA -> Optional.of(grammar.any(f -> object(f, "parameters", "")));
      case HARMONY -> Optional.of(grammar.any(grammar::harmony));
      case GENERIC -> Optional.of(grammar.any(f -> object(f, "arguments", "")));
      case TAGGED, TAGGED_LIST, MISTRAL ->
          grammar
              .marked(tools, mistral)
              .map(rest -> sequence(grammar.marker(tools.opening()), rest));
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
        !tools.opening().isEmpty() && tokenizer.encode(tools.opening(), false, true).size() == 1;
    return oneToken
        ? new CallGrammar(tokenizer, functions, parallel).marked(tools, mistral)
        : Optional.empty();
  }

  /** The calls behind their first marker. */
  private Optional<GrammarPart> marked(ToolNotation tools, MistralForm mistral) {
    return switch (tools) {
      case NONE,
          LLAMA,
          HARMONY,
          GENERIC,
          FUNCTION_TAGS,
          SEED_TAGS,
          ARGUMENT_KEYS,
          MINIMAX,
          DSML_FUNCTION_CALLS,
          DSML_TOOL_CALLS,
          FUNCTION_PARAMETERS,
          FUNCTION_OBJECTS,
          DEEPSEEK,
          KIMI ->
          Optional.empty();
      case TAGGED -> Optional.of(tagged(tools));
      case TAGGED_LIST -> Optional.of(sequence(list(""), marker(tools.closing())));
      case MISTRAL -> Optional.of(mistral(tools, mistral));
    };
  }

  private GrammarPart tagged(ToolNotation tools) {
    GrammarPart call =
        sequence(
            text("\n"), any(f -> object(f, "arguments", "")), text("\n"), marker(tools.closing()));
    return several(call, sequence(text("\n"), marker(tools.opening())));
  }

  /** A list of calls; where ids are wanted, each has one. */
  private GrammarPart list(String id) {
    GrammarPart call = any(f -> object(f, "arguments", id));
    return sequence(text("["), several(call, text(", ")), text("]"));
  }

  private GrammarPart mistral(ToolNotation tools, MistralForm form) {
    GrammarPart arguments = marker("[ARGS]");
    GrammarPart opening = marker(tools.opening());
    return switch (form) {
      case LIST -> list("id");
      case NAMED -> several(any(f -> sequence(text(f.name()), arguments, schema(f))), opening);
      case NAMED_WITH_ID -> {
        GrammarPart id = sequence(marker("[CALL_ID]"), CALL_ID, arguments);
        yield several(any(f -> sequence(text(f.name()), id, schema(f))), opening);
      }
    };
  }

  private GrammarPart harmony(CallableFunction function) {
    return sequence(
        marker("<|channel|>"),
        text("commentary to=functions." + function.name() + " "),
        marker("<|constrain|>"),
        text("json"),
        marker("<|message|>"),
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

  private static GrammarPart object(CallableFunction function, String key, String id) {
    List<GrammarPart> parts = new ArrayList<>();
    parts.add(text("{\"name\": \"" + function.name() + "\", \"" + key + "\": "));
    parts.add(schema(function));
    if (!id.isEmpty()) {
      parts.add(sequence(text(", \"" + id + "\": \""), CALL_ID, text("\"")));
    }
    parts.add(text("}"));
    return new GrammarPart.Sequence(parts);
  }

  private static GrammarPart schema(CallableFunction function) {
    return new GrammarPart.JsonSchema(function.parameters());
  }

  /** A marker: a control token where the vocabulary has one, else its text. */
  private GrammarPart marker(String text) {
    TokenIds ids = tokenizer.encode(text, false, true);
    return ids.size() == 1 && tokenizer.isControl(ids.get(0))
        ? new GrammarPart.ControlToken(text)
        : text(text);
  }
}
