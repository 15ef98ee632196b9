package dev.flyball.server.openai;

import dev.flyball.engine.Engine;
import dev.flyball.engine.dialect.ChatDialect;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * How the answers to one request are to be taken apart. They are only where the model thinks or the
 * request has tools; every other answer passes as it is.
 *
 * @param dialect the model's; nothing: answers are content
 * @param promptEnd the end of the prompt, where it may open a thought
 * @param toolNames functions that may be called
 */
record AnswerDialect(Optional<ChatDialect> dialect, String promptEnd, Set<String> toolNames) {
  /** More tokens than an opening of a thought has. */
  private static final int END_TOKENS = 32;

  static AnswerDialect of(Engine engine, TokenIds prompt, Set<String> toolNames) {
    Optional<ChatDialect> dialect =
        engine.chatDialect().filter(found -> found.thinks() || !toolNames.isEmpty());
    String promptEnd = dialect.isPresent() ? end(engine.tokenizer(), prompt) : "";
    return new AnswerDialect(dialect, promptEnd, toolNames);
  }

  /** Whether answers may hold thoughts. */
  boolean thinks() {
    return dialect.map(ChatDialect::thinks).orElse(false);
  }

  /** The control tokens that the engine has to pass on. */
  Set<Integer> markerTokens(Tokenizer tokenizer) {
    return dialect.map(found -> found.markerTokens(tokenizer)).orElse(Set.of());
  }

  /** For one choice. */
  AnswerParts newParts() {
    return new AnswerParts(dialect.map(found -> found.parser(promptEnd, toolNames)));
  }

  private static String end(Tokenizer tokenizer, TokenIds prompt) {
    int[] ids = prompt.toArray();
    int from = Math.max(0, ids.length - END_TOKENS);
    return tokenizer.decode(TokenIds.of(Arrays.copyOfRange(ids, from, ids.length)), true);
  }
}
