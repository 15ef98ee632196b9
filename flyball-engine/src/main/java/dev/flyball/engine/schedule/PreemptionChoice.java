package dev.flyball.engine.schedule;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How a sequence that loses its memory gets back what it had computed: by the way that costs less
 * by all that was measured, of steps and of the file.
 *
 * @param recomputeNanos that the model would take
 * @param swapNanos that writing and reading would take; nothing where there is no file
 */
record PreemptionChoice(double recomputeNanos, OptionalDouble swapNanos) {
  /**
   * The choice for a sequence.
   *
   * @param tokens that it had computed, at least 1
   */
  static PreemptionChoice of(
      StepCost cost, int tokens, int maxBatchTokens, OptionalDouble swapNanos) {
    return new PreemptionChoice(cost.promptNanos(tokens, 0, maxBatchTokens), swapNanos);
  }

  PreemptionMode mode() {
    return swapNanos.orElse(Double.MAX_VALUE) < recomputeNanos
        ? PreemptionMode.SWAP
        : PreemptionMode.RECOMPUTE;
  }

  /** Why, as a part of a sentence: {@code swapped to the file, 12 ms instead of 830 ms}. */
  String reason() {
    if (swapNanos.isEmpty()) {
      return "computed again, there is no file";
    }
    boolean swaps = mode() == PreemptionMode.SWAP;
    double chosen = swaps ? swapNanos.getAsDouble() : recomputeNanos;
    double other = swaps ? recomputeNanos : swapNanos.getAsDouble();
    return String.format(
        Locale.ROOT,
        "%s, %.1f ms instead of %.1f ms",
        swaps ? "swapped to the file" : "computed again rather than read from the file",
        chosen / 1e6,
        other / 1e6);
  }
}
