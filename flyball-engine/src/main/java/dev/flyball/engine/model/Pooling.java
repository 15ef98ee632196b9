package dev.flyball.engine.model;

/** How the hidden vectors of a text become one vector ({@code *.pooling_type}). */
public enum Pooling {
  /** The model says nothing. */
  NONE,
  MEAN,
  /** The first token's. */
  CLS,
  LAST,
  /**
   * A {@link RankingHead} makes a score of the vector that a model of this family gives for the
   * whole text.
   */
  RANK
}
