package dev.flyball.engine.sample;

import java.util.Map;
import java.util.OptionalLong;

/**
 * How tokens are chosen; {@link Sampler} gives the order in which these apply.
 *
 * @param temperature 0 is greedy; else logits are divided by it
 * @param topK keep the k most probable tokens; 0 keeps all
 * @param topP keep the smallest set of tokens whose probabilities reach this sum; 1 keeps all
 * @param minP drop tokens less probable than this share of the most probable one; 0 keeps all
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens seen in the
 *     prompt or the output, of the last 4096; 1 is off (CTRL, arXiv:1909.05858)
 * @param frequencyPenalty taken from a logit once for every time the token was generated; 0 is off
 * @param presencePenalty taken from a logit once if the token was generated; 0 is off
 * @param logitBias added to the logits of these token ids
 * @param seed the same seed gives the same tokens; absent: a new one for each request
 */
public record SamplingParams(
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    double frequencyPenalty,
    double presencePenalty,
    Map<Integer, Double> logitBias,
    OptionalLong seed) {

  /** Greedy decoding without any penalty. */
  public static final SamplingParams GREEDY =
      new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(), OptionalLong.empty());

  public SamplingParams {
    require(temperature >= 0 && temperature <= 100, "temperature must be 0 to 100");
    require(topK >= 0, "top_k must not be negative");
    require(topP > 0 && topP <= 1, "top_p must be above 0 and at most 1");
    require(minP >= 0 && minP <= 1, "min_p must be 0 to 1");
    require(
        repetitionPenalty > 0 && repetitionPenalty <= 100,
        "repetition_penalty must be above 0 and at most 100");
    require(
        frequencyPenalty >= -100 && frequencyPenalty <= 100,
        "frequency_penalty must be -100 to 100");
    require(
        presencePenalty >= -100 && presencePenalty <= 100, "presence_penalty must be -100 to 100");
    logitBias = Map.copyOf(logitBias);
    require(
        logitBias.values().stream().allMatch(Double::isFinite),
        "logit_bias must be finite numbers");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
