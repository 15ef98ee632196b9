package dev.flyball.engine.sample;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.grammar.GrammarMatcher;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Guesses, one after the other, what a {@link Sampler} is going to choose. It has the sampler's
 * parameters, penalties, place in the grammar and random numbers, and changes none of them. Whether
 * a guess is right is for the sampler to say. For one round, on the sampler's thread.
 */
public final class Foresight {
  private final Sampler sampler;
  private final Optional<GrammarMatcher> grammar;
  private final Candidates candidates;
  private int ahead;
  private int lastGuess;

  Foresight(Sampler sampler, Optional<GrammarMatcher> grammar, Candidates candidates) {
    this.sampler = sampler;
    this.grammar = grammar;
    this.candidates = candidates;
  }

  /**
   * Guesses the next token from another model's logits, and goes on behind it.
   *
   * @param row a logit for each token of the vocabulary, from {@code offset}; not changed
   * @return nothing where no guess is possible
   */
  public OptionalInt guess(float[] row, int offset) {
    if (grammar.map(GrammarMatcher::isOver).orElse(false)) {
      return OptionalInt.empty();
    }
    try {
      float[] logits = candidates.load(row, offset);
      grammar.ifPresent(matcher -> matcher.mask(logits));
      int token = sampler.pick(logits, ahead);
      lastGuess = token;
      return accept(token) ? OptionalInt.of(token) : OptionalInt.empty();
    } catch (EngineException _) {
      return OptionalInt.empty(); // the sampler meets it where it is no guess any more
    }
  }

  /**
   * What came next to the last guess; to be asked for directly after {@link #guess}, where that
   * found one.
   */
  public Optional<RunnerUp> runnerUp() {
    return sampler.runnerUp(lastGuess);
  }

  /**
   * Goes on behind a token that was guessed by other means.
   *
   * @return false where the grammar does not have it: it is no guess then
   */
  public boolean accept(int token) {
    try {
      if (!grammar.map(matcher -> matcher.tryAccept(token)).orElse(true)) {
        return false;
      }
    } catch (EngineException _) {
      return false; // the grammar became too ambiguous there
    }
    ahead++;
    return true;
  }
}
