package dev.flyball.engine.model;

/** How the hidden vectors of a text become one vector ({@code *.pooling_type}). */
public enum Pooling {
  /** The model says nothing. */
  NONE,
  MEAN,
  /** The first token's. */
  CLS,
  LAST
}
