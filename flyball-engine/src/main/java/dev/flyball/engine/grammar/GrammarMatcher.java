package dev.flyball.engine.grammar;

import dev.flyball.engine.tokenizer.Tokenizer;

/** Follows one text through its grammar, token by token. Not thread-safe. */
public final class GrammarMatcher {
  private final VocabularyGrammar grammar;
  private final Tokenizer tokenizer;
  private Recogniser.State state;

  GrammarMatcher(VocabularyGrammar grammar, Tokenizer tokenizer) {
    this(grammar, tokenizer, grammar.start());
  }

  private GrammarMatcher(VocabularyGrammar grammar, Tokenizer tokenizer, Recogniser.State state) {
    this.grammar = grammar;
    this.tokenizer = tokenizer;
    this.state = state;
  }

  /**
   * Makes the logits of all tokens minus infinity that the grammar does not allow next.
   *
   * @param logits one for each token of the vocabulary
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where no token is allowed, or the
   *     grammar is too ambiguous
   */
  public void mask(float[] logits) {
    TokenMask mask = grammar.mask(state);
    if (mask.allowedCount() == 0) {
      throw GrammarRules.invalid(
          "no token of this model can go on where the grammar stands: it asks for characters that"
              + " the vocabulary lacks, nests too deep, or leads to a place that has no way out");
    }
    mask.apply(logits);
  }

  /** Goes on behind a token that {@link #mask} has left. */
  public void accept(int token) {
    if (!tokenizer.isEndOfGeneration(token)) {
      state = grammar.after(state, ControlTokens.bytes(tokenizer, token));
    }
  }

  /**
   * Goes on behind a token where the grammar has it. Needs no mask of all tokens.
   *
   * @return false where it does not; nothing has changed then
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where the grammar is too ambiguous
   */
  public boolean tryAccept(int token) {
    if (tokenizer.isEndOfGeneration(token)) {
      return mayEnd();
    }
    byte[] text = ControlTokens.bytes(tokenizer, token);
    Recogniser.State next = grammar.after(state, text);
    if (text.length == 0 || (next.isFinal() && !next.isAccepting())) {
      return false;
    }
    state = next;
    return true;
  }

  /** Another one at the same place. */
  public GrammarMatcher copy() {
    return new GrammarMatcher(grammar, tokenizer, state);
  }

  /** Whether the text is complete and nothing can follow. */
  public boolean isOver() {
    return state.isFinal() && state.isAccepting();
  }

  TokenMask tokenMask() {
    return grammar.mask(state);
  }

  /** Whether the text so far is complete, though more may follow. */
  boolean mayEnd() {
    return state.isAccepting();
  }
}
