package dev.flyball.engine.dialect;

import dev.flyball.engine.MarkedTokenizer;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.engine.grammar.GrammarMatcher;
import dev.flyball.engine.grammar.TokenGrammars;
import dev.flyball.units.TokenIds;
import java.util.List;

/** Whether answers are calls that may be forced. */
final class ForcedCalls {
  private ForcedCalls() {}

  /** Whether an answer is one call, or several, of a function; with markers as text and tokens. */
  static boolean accepts(ChatDialect dialect, CallableFunction function, String answer) {
    boolean asText = accepts(dialect, function, answer, new MarkedTokenizer());
    boolean asTokens =
        accepts(
            dialect,
            function,
            answer,
            new MarkedTokenizer(
                "<|tool_call>",
                "<tool_call|>",
                LiteralReader.GEMMA_QUOTE,
                "<|tool_call_start|>",
                "<|tool_call_end|>",
                "<|START_ACTION|>",
                "<|END_ACTION|>",
                "<|tool_call|>",
                "<tool_call>",
                "</tool_call>",
                "<arg_key>",
                "</arg_key>",
                "<arg_value>",
                "</arg_value>",
                "[TOOL_CALLS]",
                "[ARGS]",
                "[CALL_ID]"));
    if (asText != asTokens) {
      throw new AssertionError("markers as text " + asText + ", as tokens " + asTokens);
    }
    return asText;
  }

  private static boolean accepts(
      ChatDialect dialect, CallableFunction function, String answer, MarkedTokenizer tokenizer) {
    Grammar grammar =
        Grammar.ofParts(dialect.calls(tokenizer, List.of(function), true).orElseThrow());
    GrammarMatcher matcher = new TokenGrammars(tokenizer, tokenizer.size()).start(grammar);
    TokenIds ids = tokenizer.encode(answer, false, true);
    for (int i = 0; i < ids.size(); i++) {
      if (!matcher.tryAccept(ids.get(i))) {
        return false;
      }
    }
    return matcher.tryAccept(MarkedTokenizer.END_TOKEN);
  }
}
