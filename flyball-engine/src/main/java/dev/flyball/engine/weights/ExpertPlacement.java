package dev.flyball.engine.weights;

/** Where the experts of a model lie. */
public enum ExpertPlacement {
  /** In memory where all of them fit, else on disk. */
  AUTO,
  /** In memory; where they do not fit, the model is not loaded. */
  MEMORY,
  /** In the model's file; as many as there is memory for are kept in it once they were used. */
  DISK
}
