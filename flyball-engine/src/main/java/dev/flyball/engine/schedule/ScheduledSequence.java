package dev.flyball.engine.schedule;

/** What the scheduler sees of a sequence. It asks anew at every step; the loop moves the state. */
public interface ScheduledSequence {
  /**
   * Tokens that are known and not computed yet: the rest of the prompt, or the token sampled last.
   * At least 1.
   */
  int pendingTokens();

  /** Whether the whole prompt is computed, so that one sampled token a step is to follow. */
  boolean decoding();

  /**
   * Sets memory aside for all tokens that the sequence may come to have. Asked when the sequence is
   * the first in line; never again once it said yes.
   */
  boolean tryReserve();
}
