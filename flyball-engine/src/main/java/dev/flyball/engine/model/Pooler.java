package dev.flyball.engine.model;

import dev.flyball.engine.model.Batch.RowOutput;
import java.util.Arrays;

/**
 * Makes one vector of the hidden vectors of a text, which are given in order. Not normalised. Not
 * thread-safe; {@link #reset} makes it ready for the next text.
 */
public final class Pooler {
  private final Pooling pooling;
  private final double[] sum;
  private int count;

  /**
   * @param pooling {@link Pooling#NONE} is taken as {@link Pooling#MEAN}
   * @param length values of a vector
   */
  public Pooler(Pooling pooling, int length) {
    this.pooling = pooling == Pooling.NONE ? Pooling.MEAN : pooling;
    this.sum = new double[length];
  }

  /** Forgets what was added. */
  public void reset() {
    Arrays.fill(sum, 0);
    count = 0;
  }

  /**
   * What a step has to compute for a token so that it can be added.
   *
   * @param index the token's index in the text of {@code tokens} tokens
   */
  public RowOutput wanted(int index, int tokens) {
    boolean counts =
        switch (pooling) {
          case CLS -> index == 0;
          case LAST -> index == tokens - 1;
          case MEAN, NONE -> true;
          case RANK -> throw new IllegalStateException("the ranking head says which");
        };
    return counts ? RowOutput.HIDDEN : RowOutput.NONE;
  }

  /** Adds the hidden vector of the next token that was {@link #wanted}. */
  public void add(float[] values, int offset) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += values[offset + i];
    }
    count++;
  }

  /**
   * The pooled vector of all that was added, a new array.
   *
   * @throws IllegalStateException where nothing was added
   */
  public float[] result() {
    if (count == 0) {
      throw new IllegalStateException("no hidden vector was added");
    }
    float[] result = new float[sum.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) (sum[i] / count);
    }
    return result;
  }
}
