package dev.flyball.engine.sample;

import java.util.List;

/**
 * The log-probability (natural logarithm, before temperature and filters) of a chosen token and of
 * the most probable ones.
 *
 * @param token the chosen token's id
 * @param logprob its log-probability
 * @param top the most probable tokens, best first; empty where none were asked for
 */
public record TokenLogprob(int token, float logprob, List<Alternative> top) {
  public TokenLogprob {
    top = List.copyOf(top);
  }

  /** A token that could have been chosen. */
  public record Alternative(int token, float logprob) {}
}
