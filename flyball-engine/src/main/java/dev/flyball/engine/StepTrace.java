package dev.flyball.engine;

import java.time.Duration;
import java.util.List;

/**
 * What the steps of an engine did for one request.
 *
 * @param prefillSteps steps that computed a part of its prompt
 * @param decodeSteps steps that computed its output
 * @param preemptions how often it lost its memory and had to be computed again or read back
 * @param draftedTokens tokens guessed ahead by speculation
 * @param acceptedTokens how many of these the model agreed with
 * @param computeTime the request's share of the time of the steps that it took part in
 * @param reasons what the scheduler did with it and why, in at most {@link #MAX_REASONS} short
 *     sentences
 */
public record StepTrace(
    int prefillSteps,
    int decodeSteps,
    int preemptions,
    int draftedTokens,
    int acceptedTokens,
    Duration computeTime,
    List<String> reasons) {
  public static final int MAX_REASONS = 7;

  /** Of a request that never ran. */
  public static final StepTrace NONE = new StepTrace(0, 0, 0, 0, 0, Duration.ZERO);

  public StepTrace {
    reasons = List.copyOf(reasons);
    if (reasons.size() > MAX_REASONS) {
      throw new IllegalArgumentException(reasons.size() + " reasons");
    }
  }

  /** Without reasons. */
  public StepTrace(
      int prefillSteps,
      int decodeSteps,
      int preemptions,
      int draftedTokens,
      int acceptedTokens,
      Duration computeTime) {
    this(
        prefillSteps,
        decodeSteps,
        preemptions,
        draftedTokens,
        acceptedTokens,
        computeTime,
        List.of());
  }
}
