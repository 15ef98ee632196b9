package dev.flyball.engine.model;

/**
 * The rows that a step computed, in the order in which the batch asked for them. Valid until the
 * next step.
 */
public interface StepOutput {
  /** Number of rows. */
  int rows();

  /** The array that holds row {@code i}, from {@link #offset}, {@link #length} values long. */
  float[] values(int row);

  int offset(int row);

  int length(int row);
}
