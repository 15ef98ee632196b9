package dev.flyball.engine.model;

/** The second half of a layer: what happens to each token for itself. */
interface FeedForward {
  /** {@code x} (tokens, columns) to {@code out} (tokens, columns), which is overwritten. */
  void apply(Step step, float[] x, int tokens, float[] out);
}
