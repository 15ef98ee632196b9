package dev.flyball.units;

import java.time.Duration;

/**
 * What the steps of an engine did for one request, all its choices together.
 *
 * @param prefillSteps steps that computed a part of a prompt
 * @param decodeSteps steps that computed output
 * @param preemptions how often it lost its memory
 * @param draftedTokens tokens guessed ahead by speculation
 * @param acceptedTokens how many of these the model agreed with
 * @param computeTime its share of the time of the steps that it took part in
 */
public record StepWork(
    int prefillSteps,
    int decodeSteps,
    int preemptions,
    int draftedTokens,
    int acceptedTokens,
    Duration computeTime) {
  /** Of a request that never ran. */
  public static final StepWork NONE = new StepWork(0, 0, 0, 0, 0, Duration.ZERO);

  public StepWork {
    if (prefillSteps < 0
        || decodeSteps < 0
        || preemptions < 0
        || acceptedTokens < 0
        || acceptedTokens > draftedTokens
        || computeTime.isNegative()) {
      throw new IllegalArgumentException("work cannot be negative, nor accepted above drafted");
    }
  }

  public StepWork plus(StepWork other) {
    return new StepWork(
        prefillSteps + other.prefillSteps,
        decodeSteps + other.decodeSteps,
        preemptions + other.preemptions,
        draftedTokens + other.draftedTokens,
        acceptedTokens + other.acceptedTokens,
        computeTime.plus(other.computeTime));
  }
}
