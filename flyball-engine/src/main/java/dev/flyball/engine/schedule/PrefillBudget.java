package dev.flyball.engine.schedule;

import java.time.Duration;
import java.util.Optional;

/**
 * How much of prompts a step may compute beside running answers.
 *
 * @param nanos that prompts may add to the step
 * @param tokens of prompts at most
 * @param limit what set it
 */
record PrefillBudget(double nanos, int tokens, PrefillLimit limit) {
  /** What is aimed at, of a TPOT target: steps are not all as long as predicted. */
  private static final double TARGET_SHARE = 0.85;

  /** Tokens beside running answers, as long as nothing is known about time. */
  private static final int UNCALIBRATED_TOKENS = 64;

  /** A step without answers takes no longer than this: who comes now waits for its end. */
  private static final double LONGEST_STEP_NANOS = 250e6;

  /** But it may have so many tokens, however long they take: fewer would be dear. */
  private static final int UNHURRIED_TOKENS = 128;

  /** Without a target prompts get at least this share of a step's time: answers at half speed. */
  private static final double LEAST_SHARE = 0.5;

  /** Without a target prompts get at most this share: answers at a fifth of their speed. */
  private static final double LARGEST_SHARE = 0.8;

  /**
   * The budget of a step.
   *
   * @param decodes the work of the running answers
   * @param strictest the shortest TPOT target among them; where they miss it by themselves it does
   *     not count, since it would only make prompts late
   * @param decoding number of running answers
   * @param prompts number of prompts in line
   */
  static PrefillBudget of(
      StepTimeModel model,
      StepWork decodes,
      Optional<Duration> strictest,
      int decoding,
      int prompts,
      int maxBatchTokens) {
    if (decoding == 0) {
      double least = model.cost().chunkNanos(UNHURRIED_TOKENS, 0);
      return model.calibrated()
          ? new PrefillBudget(
              Math.max(LONGEST_STEP_NANOS, least), maxBatchTokens, PrefillLimit.STEP_TIME)
          : new PrefillBudget(Double.MAX_VALUE, maxBatchTokens, PrefillLimit.BATCH);
    }
    if (!model.calibrated()) {
      return new PrefillBudget(Double.MAX_VALUE, UNCALIBRATED_TOKENS, PrefillLimit.UNCALIBRATED);
    }
    double decodeNanos = model.cost().nanos(decodes);
    double withinTarget =
        strictest.map(target -> TARGET_SHARE * target.toNanos() - decodeNanos).orElse(0.0);
    if (withinTarget > 0) {
      return new PrefillBudget(withinTarget, maxBatchTokens, PrefillLimit.TPOT_TARGET);
    }
    double share = Math.clamp((double) prompts / (prompts + decoding), LEAST_SHARE, LARGEST_SHARE);
    double nanos = decodeNanos * share / (1 - share);
    return new PrefillBudget(nanos, maxBatchTokens, PrefillLimit.SHARE);
  }
}
