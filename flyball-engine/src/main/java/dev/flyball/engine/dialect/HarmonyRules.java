package dev.flyball.engine.dialect;

import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.util.OptionalInt;

/**
 * Rules of answers in the Harmony format, whose prompts end with the opening of a message.
 *
 * @param maxThoughtTokens nothing: any number
 * @param grammar from where the grammar holds
 * @param callsMayFollow whether the model chooses what comes behind a thought
 */
record HarmonyRules(
    Tokenizer tokenizer, OptionalInt maxThoughtTokens, GrammarStart grammar, boolean callsMayFollow)
    implements AnswerRules {
  private static final String THOUGHT = "<|channel|>analysis<|message|>";
  private static final String ANSWER = "<|channel|>final<|message|>";
  private static final String END = "<|end|>";
  private static final String NEXT = "<|start|>assistant";

  @Override
  public AnswerGuide start() {
    return new HarmonyGuide(this);
  }

  /** What an answer must begin with. */
  TokenIds beginning() {
    boolean mayThink = maxThoughtTokens.isEmpty() || maxThoughtTokens.getAsInt() > 0;
    return switch (grammar) {
      case NEVER, CALL_MARKER -> mayThink || callsMayFollow ? TokenIds.empty() : encode(ANSWER);
      case ANSWER -> encode(mayThink ? THOUGHT : ANSWER);
      case CALLS -> mayThink ? encode(THOUGHT) : TokenIds.empty();
    };
  }

  /** What must follow a thought that the model has ended itself. */
  TokenIds afterThought() {
    return switch (grammar) {
      case NEVER, CALL_MARKER -> TokenIds.empty();
      case ANSWER -> encode(NEXT + ANSWER);
      case CALLS -> encode(NEXT);
    };
  }

  /**
   * What ends a thought from outside.
   *
   * @param again whether it has been done before, so that the model is not free to go on thinking
   */
  TokenIds end(boolean again) {
    boolean free = grammar == GrammarStart.CALLS || (callsMayFollow && !again && !holdsAnswer());
    return encode(END + NEXT + (free ? "" : ANSWER));
  }

  private boolean holdsAnswer() {
    return grammar == GrammarStart.ANSWER;
  }

  private TokenIds encode(String text) {
    return tokenizer.encodeWithin(text);
  }
}
