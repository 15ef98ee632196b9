package dev.flyball.engine.model;

/**
 * A mixer that can tell what later tokens build on from the rest: {@link #store} of all tokens and
 * {@link #applyToStored} of some of them are {@link #apply} of these. In the last layer only some
 * tokens' output is wanted, but what later tokens build on is needed of all.
 */
public interface StoringMixer extends Mixer {
  /** The part of {@link #apply} that later tokens build on. */
  void store(Step step, float[] x);

  /** The rest of {@link #apply}, after {@link #store} of these tokens and possibly of others. */
  void applyToStored(Step step, float[] x, float[] out);
}
