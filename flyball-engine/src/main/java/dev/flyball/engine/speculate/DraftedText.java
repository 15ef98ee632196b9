package dev.flyball.engine.speculate;

import dev.flyball.engine.cache.KvNamespace;
import dev.flyball.engine.sample.Foresight;

/** What drafters see of a sequence that decodes. */
public interface DraftedText {
  /** Number of tokens known: the prompt, and what was chosen behind it. At least 1. */
  int knownTokens();

  /** A known token. */
  int token(int index);

  /** Guesses that could all be right: the answer's limit and the context leave room for them. */
  int guessRoom();

  /** Follows guesses as the sampler will follow tokens; a new one for each round. */
  Foresight foresee();

  /** Who may share what is cached of it. */
  KvNamespace namespace();

  /** What is guessed of it now. */
  Speculation speculation();
}
