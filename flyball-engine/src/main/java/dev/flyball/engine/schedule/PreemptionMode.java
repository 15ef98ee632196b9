package dev.flyball.engine.schedule;

/** How a sequence that loses its memory is to get back what it had computed. */
public enum PreemptionMode {
  /** From the memory's file: what has to leave memory is written to it, and read back. */
  SWAP,
  /** By the model: what leaves memory is forgotten. */
  RECOMPUTE
}
