package dev.flyball.units;

import java.time.Duration;

/**
 * Where the time of one request went. Of several choices that ran side by side each phase is the
 * longest.
 *
 * @param preparation from arrival to submission: reading, rendering, tokenizing, loading the model
 * @param queue from submission to the first step
 * @param prefill from the first step to the first token
 * @param decode from the first token to the end
 * @param total from arrival to the end
 */
public record PhaseTimes(
    Duration preparation, Duration queue, Duration prefill, Duration decode, Duration total) {

  public PhaseTimes {
    for (Duration phase : new Duration[] {preparation, queue, prefill, decode, total}) {
      if (phase.isNegative()) {
        throw new IllegalArgumentException("a time must not be negative: " + phase);
      }
    }
  }

  /** Of a request that ended before it was submitted. */
  public static PhaseTimes notSubmitted(Duration total) {
    return new PhaseTimes(total, Duration.ZERO, Duration.ZERO, Duration.ZERO, total);
  }

  /** From arrival to the first token; meaningless where there was none. */
  public Duration timeToFirstToken() {
    return preparation.plus(queue).plus(prefill);
  }
}
