package dev.flyball.engine;

import dev.flyball.engine.dialect.AnswerGuide;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.engine.sample.Foresight;
import dev.flyball.engine.sample.LogprobScorer;
import dev.flyball.engine.sample.Sampler;
import dev.flyball.engine.sample.TokenLogprob;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads one row of logits for one request: its sampler, the guide that tells thought from answer,
 * and its wish for log-probabilities.
 *
 * @param guide nothing: all is answer, and a grammar holds from the first token
 * @param vocabularySize tokens that can be chosen: a row may have more, which no text stands for
 * @param scorer shared with the thread's other requests
 */
record TokenChooser(
    Sampler sampler,
    Optional<AnswerGuide> guide,
    LogprobScorer scorer,
    int vocabularySize,
    boolean logprobs,
    int topLogprobs) {

  /**
   * A token that was chosen.
   *
   * @param isAnswer whether it is part of the answer, not of a thought or a marker around it
   */
  record Choice(int token, boolean isAnswer) {}

  Choice choose(StepOutput output, int row) {
    if (guide.isEmpty()) {
      return new Choice(sampler.next(output.values(row), output.offset(row)), true);
    }
    int token = guided(guide.get(), output.values(row), output.offset(row));
    return new Choice(token, guide.get().accept(token));
  }

  private int guided(AnswerGuide guide, float[] values, int offset) {
    OptionalInt forced = guide.forced();
    if (forced.isPresent()) {
      sampler.force(forced.getAsInt());
      return forced.getAsInt();
    }
    return guide.grammarHolds()
        ? sampler.next(values, offset, guide.escape())
        : guide.insteadOf(sampler.nextBesideGrammar(values, offset));
  }

  /** Follows guesses of what will be chosen. */
  Foresight foresee() {
    return sampler.foresee(guide.map(AnswerGuide::grammarHolds).orElse(true));
  }

  /** Tokens of thought so far. */
  int thoughtTokens() {
    return guide.map(AnswerGuide::thoughtTokens).orElse(0);
  }

  Optional<TokenLogprob> score(StepOutput output, int row, int token) {
    return logprobs
        ? Optional.of(
            scorer.score(
                output.values(row), output.offset(row), vocabularySize, token, topLogprobs))
        : Optional.empty();
  }
}
