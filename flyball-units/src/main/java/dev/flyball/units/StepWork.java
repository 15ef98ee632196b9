package dev.flyball.units;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the steps of an engine did for one request, all its choices together.
 *
 * @param prefillSteps steps that computed a part of a prompt
 * @param decodeSteps steps that computed output
 * @param preemptions how often it lost its memory
 * @param draftedTokens tokens guessed ahead by speculation
 * @param acceptedTokens how many of these the model agreed with
 * @param computeTime its share of the time of the steps that it took part in
 * @param notes what the scheduler did with it and why, in short sentences; at most {@link
 *     #MAX_NOTES}
 */
public record StepWork(
    int prefillSteps,
    int decodeSteps,
    int preemptions,
    int draftedTokens,
    int acceptedTokens,
    Duration computeTime,
    List<String> notes) {
  public static final int MAX_NOTES = 12;

  /** Of a request that never ran. */
  public static final StepWork NONE = new StepWork(0, 0, 0, 0, 0, Duration.ZERO, List.of());

  public StepWork {
    if (prefillSteps < 0
        || decodeSteps < 0
        || preemptions < 0
        || acceptedTokens < 0
        || acceptedTokens > draftedTokens
        || computeTime.isNegative()) {
      throw new IllegalArgumentException("work cannot be negative, nor accepted above drafted");
    }
    if (notes.size() > MAX_NOTES) {
      throw new IllegalArgumentException("there are more than " + MAX_NOTES + " notes");
    }
    notes = List.copyOf(notes);
  }

  /** The work of both, with as many notes as there may be. */
  public StepWork plus(StepWork other) {
    return new StepWork(
        prefillSteps + other.prefillSteps,
        decodeSteps + other.decodeSteps,
        preemptions + other.preemptions,
        draftedTokens + other.draftedTokens,
        acceptedTokens + other.acceptedTokens,
        computeTime.plus(other.computeTime),
        Stream.concat(notes.stream(), other.notes.stream()).limit(MAX_NOTES).toList());
  }
}
