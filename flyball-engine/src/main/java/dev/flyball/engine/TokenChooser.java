package dev.flyball.engine;

import dev.flyball.engine.model.StepOutput;
import dev.flyball.engine.sample.LogprobScorer;
import dev.flyball.engine.sample.Sampler;
import dev.flyball.engine.sample.TokenLogprob;
import java.util.Optional;

/**
 * Reads one row of logits for one request: its sampler, and its wish for log-probabilities.
 *
 * @param vocabularySize tokens that can be chosen: a row may have more, which no text stands for
 * @param scorer shared with the thread's other requests
 */
record TokenChooser(
    Sampler sampler, LogprobScorer scorer, int vocabularySize, boolean logprobs, int topLogprobs) {

  int choose(StepOutput output, int row) {
    return sampler.next(output.values(row), output.offset(row));
  }

  Optional<TokenLogprob> score(StepOutput output, int row, int token) {
    return logprobs
        ? Optional.of(
            scorer.score(
                output.values(row), output.offset(row), vocabularySize, token, topLogprobs))
        : Optional.empty();
  }
}
