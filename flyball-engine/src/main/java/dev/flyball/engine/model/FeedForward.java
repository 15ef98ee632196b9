package dev.flyball.engine.model;

/** A mixer that treats each token for itself, so that it can be given any rows. */
public interface FeedForward extends StoringMixer {
  /** {@code x} (rows, columns) to {@code out} (rows, columns), which is overwritten. */
  void apply(Step step, float[] x, int rows, float[] out);

  @Override
  default void apply(Step step, float[] x, float[] out) {
    apply(step, x, step.tokens(), out);
  }

  @Override
  default boolean mixesTokens() {
    return false;
  }

  @Override
  default void store(Step step, float[] x) {
    // later tokens build on nothing
  }

  @Override
  default void applyToStored(Step step, float[] x, float[] out) {
    apply(step, x, out);
  }
}
