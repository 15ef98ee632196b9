package dev.flyball.engine.model.arithmetic;

/** Which values of a head are rotated together. */
public enum RopePairs {
  /** (0, 1), (2, 3), ... */
  ADJACENT,
  /** With n pairs (0, n), (1, n + 1), ...; as in GPT-NeoX. */
  HALVES
}
