package dev.flyball.engine.model;

import dev.flyball.kernels.attention.PartialAttention;
import java.util.Arrays;

/**
 * What queries have come to over the parts of their context seen so far (arXiv:1805.02867): of each
 * the largest score in units of ln 2, the sum of weights, and weighted values, which become the
 * result in place. Rows of different queries are for any threads.
 */
final class AttendedRows {
  private final int heads;
  private final int valueLength;
  private final float[] maxima;
  private final float[] sums;
  private float[] values = new float[0];
  private int offset;

  AttendedRows(int heads, int valueLength, int maxTokens) {
    this.heads = heads;
    this.valueLength = valueLength;
    maxima = new float[Math.multiplyExact(maxTokens, heads)];
    sums = new float[maxima.length];
  }

  /**
   * Begins with queries that have seen nothing.
   *
   * @param values (tokens, heads, valueLength), those of the first query's token from {@code
   *     firstToken} on
   */
  void begin(int tokens, float[] values, int firstToken) {
    this.values = values;
    offset = firstToken * heads * valueLength;
    Arrays.fill(maxima, 0, tokens * heads, Float.NEGATIVE_INFINITY);
    Arrays.fill(sums, 0, tokens * heads, 0f);
    Arrays.fill(values, offset, offset + tokens * heads * valueLength, 0f);
  }

  /**
   * Adds a part as {@link dev.flyball.kernels.attention.TileAttention#finishPart} writes it. The
   * first one must have a token that the query sees.
   */
  void add(int token, int head, float[] part, int from) {
    int row = token * heads + head;
    float maximum = Math.max(maxima[row], part[from]);
    float kept = PartialAttention.weight(maxima[row], maximum);
    float added = PartialAttention.weight(part[from], maximum);
    maxima[row] = maximum;
    sums[row] = kept * sums[row] + added * part[from + 1];
    int to = offset + row * valueLength;
    for (int d = 0; d < valueLength; d++) {
      values[to + d] = kept * values[to + d] + added * part[from + 2 + d];
    }
  }

  /** Makes the weighted values of a token's queries their results. */
  void finish(int token) {
    for (int row = token * heads; row < (token + 1) * heads; row++) {
      float inverse = 1 / sums[row];
      int to = offset + row * valueLength;
      for (int d = 0; d < valueLength; d++) {
        values[to + d] *= inverse;
      }
    }
  }
}
