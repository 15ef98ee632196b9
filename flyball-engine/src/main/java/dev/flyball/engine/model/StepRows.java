package dev.flyball.engine.model;

/**
 * Room for a row of values for each token of a step, shared by pieces that do not need it at the
 * same time. Grows to the longest row while a model is assembled, not later.
 */
public final class StepRows {
  private final int maxTokens;
  private float[] values = new float[0];

  StepRows(int maxTokens) {
    this.maxTokens = maxTokens;
  }

  void reserve(int columns) {
    int length = Math.multiplyExact(maxTokens, columns);
    if (values.length < length) {
      values = new float[length];
    }
  }

  /** (tokens, columns), with as many columns as the user of the moment has. */
  public float[] values() {
    return values;
  }
}
