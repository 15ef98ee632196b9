package dev.flyball.server.openai;

import dev.flyball.engine.dialect.ChatDialect;
import dev.flyball.engine.dialect.GrammarStart;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.engine.grammar.GrammarPart;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import java.util.Optional;

/**
 * What the text of an answer must follow, and from where.
 *
 * @param grammar nothing where the start is {@link GrammarStart#NEVER}
 */
record AnswerForm(Optional<Grammar> grammar, GrammarStart start) {
  private static final AnswerForm FREE = new AnswerForm(Optional.empty(), GrammarStart.NEVER);

  /**
   * The form that a request asks for.
   *
   * @param dialect the model's
   * @throws ServerException UNSUPPORTED_PARAMETER where a call is forced that the dialect cannot
   *     write by a grammar
   */
  static AnswerForm of(ChatRequest request, Optional<ChatDialect> dialect, Tokenizer tokenizer) {
    Optional<Grammar> wanted = request.params().grammar();
    ToolChoice tools = request.tools();
    if (tools.forced()) {
      GrammarPart calls =
          dialect
              .flatMap(known -> known.calls(tokenizer, tools.functions(), tools.parallel()))
              .orElseThrow(AnswerForm::unforcible);
      return new AnswerForm(Optional.of(Grammar.ofParts(calls)), GrammarStart.CALLS);
    }
    if (wanted.isPresent()) {
      return new AnswerForm(
          withCalls(wanted.get(), tools, dialect, tokenizer).or(() -> wanted), GrammarStart.ANSWER);
    }
    return tools.held()
        ? dialect
            .flatMap(
                known -> known.callsAfterMarker(tokenizer, tools.functions(), tools.parallel()))
            .map(
                calls ->
                    new AnswerForm(Optional.of(Grammar.ofParts(calls)), GrammarStart.CALL_MARKER))
            .orElse(FREE)
        : FREE;
  }

  /** What is wanted, or calls instead of it, where there are functions to call. */
  private static Optional<Grammar> withCalls(
      Grammar wanted, ToolChoice tools, Optional<ChatDialect> dialect, Tokenizer tokenizer) {
    if (tools.functions().isEmpty() || dialect.isEmpty()) {
      return Optional.empty();
    }
    return wanted
        .part()
        .flatMap(
            part -> dialect.get().callsOr(part, tokenizer, tools.functions(), tools.parallel()))
        .map(Grammar::ofParts);
  }

  private static ServerException unforcible() {
    return ServerException.ofField(
        ServerError.UNSUPPORTED,
        "tool_choice",
        "tool_choice can only be none or auto with this model: how it writes calls is not known"
            + " well enough to force one");
  }
}
