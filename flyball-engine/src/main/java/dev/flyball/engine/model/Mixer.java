package dev.flyball.engine.model;

/**
 * What computes an addition to the residual stream: attention and other mixers of tokens, feed
 * forward networks. Uses the step's scratch; called by the thread that calls {@code forward}.
 *
 * <p>In the last layer only some tokens' output is wanted, but what later tokens build on is needed
 * of all. A mixer that can tell the two apart {@link #storesApart()}: {@link #store} of all tokens
 * and {@link #applyToStored} of some of them then are {@link #apply} of these.
 */
interface Mixer {
  /**
   * {@code x} (tokens of the step, columns) to {@code out} (tokens of the step, columns), which is
   * overwritten.
   */
  void apply(Step step, float[] x, float[] out);

  /** Whether other tokens build on what it computes of a token. */
  boolean mixesTokens();

  /** Whether {@link #store} and {@link #applyToStored} may be called. */
  default boolean storesApart() {
    return false;
  }

  /** The part of {@link #apply} that later tokens build on. */
  default void store(Step step, float[] x) {
    throw new UnsupportedOperationException("all at once only");
  }

  /** The rest of {@link #apply}, after {@link #store} of these tokens and possibly of others. */
  default void applyToStored(Step step, float[] x, float[] out) {
    throw new UnsupportedOperationException("all at once only");
  }
}
