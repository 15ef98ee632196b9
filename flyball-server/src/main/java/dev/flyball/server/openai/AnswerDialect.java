package dev.flyball.server.openai;

import dev.flyball.engine.Engine;
import dev.flyball.engine.dialect.AnswerRules;
import dev.flyball.engine.dialect.CallableFunction;
import dev.flyball.engine.dialect.ChatDialect;
import dev.flyball.engine.dialect.GrammarStart;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How the answers to one request are to be taken apart. They are only where the model thinks or the
 * request has tools; every other answer passes as it is.
 *
 * @param dialect the model's; nothing: answers are content
 * @param promptEnd the end of the prompt, where it may open a thought
 * @param functions that may be called
 */
record AnswerDialect(
    Optional<ChatDialect> dialect, String promptEnd, List<CallableFunction> functions) {
  /** More tokens than an opening of a thought has. */
  private static final int END_TOKENS = 32;

  static AnswerDialect of(Engine engine, TokenIds prompt, List<CallableFunction> functions) {
    Optional<ChatDialect> dialect =
        engine.chatDialect().filter(found -> found.thinks() || !functions.isEmpty());
    String promptEnd = dialect.isPresent() ? end(engine.tokenizer(), prompt) : "";
    return new AnswerDialect(dialect, promptEnd, functions);
  }

  /** Whether answers may hold thoughts. */
  boolean thinks() {
    return dialect.map(ChatDialect::thinks).orElse(false);
  }

  /** The control tokens that the engine has to pass on. */
  Set<Integer> markerTokens(Tokenizer tokenizer) {
    return dialect.map(found -> found.markerTokens(tokenizer)).orElse(Set.of());
  }

  /**
   * What the answers are held to by the dialect.
   *
   * @param grammar from where their grammar holds
   */
  Optional<AnswerRules> rules(Engine engine, ReasoningWish reasoning, GrammarStart grammar) {
    boolean knowsEffort =
        engine.chatTemplate().filter(t -> t.source().contains("reasoning_effort")).isPresent();
    return dialect.flatMap(
        found ->
            found.rules(
                engine.tokenizer(),
                promptEnd,
                reasoning.budget(knowsEffort),
                grammar,
                !functions.isEmpty()));
  }

  /** For one choice. */
  AnswerParts newParts() {
    return new AnswerParts(dialect.map(found -> found.parser(promptEnd, functions)));
  }

  private static String end(Tokenizer tokenizer, TokenIds prompt) {
    int[] ids = prompt.toArray();
    int from = Math.max(0, ids.length - END_TOKENS);
    return tokenizer.decode(TokenIds.of(Arrays.copyOfRange(ids, from, ids.length)), true);
  }
}
