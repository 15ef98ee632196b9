package dev.flyball.engine.model;

/**
 * What computes an addition to the residual stream: attention and other mixers of tokens, feed
 * forward networks. Uses the step's scratch; called by the thread that calls {@code forward}.
 */
public interface Mixer {
  /**
   * {@code x} (tokens of the step, columns) to {@code out} (tokens of the step, columns), which is
   * overwritten.
   */
  void apply(Step step, float[] x, float[] out);

  /** Whether other tokens build on what it computes of a token. */
  boolean mixesTokens();
}
