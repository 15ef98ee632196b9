package dev.flyball.engine.model.arithmetic;

/** What is computed value by value or row by row. */
public interface Elementwise {
  /**
   * A norm. Works on a row at a time, (rows, length) with the rows one after the other; called by
   * workers of the team.
   */
  interface Norm {
    /** Length of a row. */
    int length();

    /** {@code out = norm(x)}; {@code out} may be {@code x}. */
    void apply(float[] x, int row, float[] out, int worker);

    /** {@code x += delta}, then {@code out = norm(x)}. */
    void addAndApply(float[] x, float[] delta, int row, float[] out, int worker);
  }

  /** A rotary position embedding; called by workers of the team. */
  interface Rotation {
    /**
     * Rotates the heads of a token in place.
     *
     * @param cosines with adjacent pairs as {@link dev.flyball.kernels.PairRotation} wants them,
     *     else as {@link dev.flyball.kernels.HalfRotation} does, from {@code angles}
     * @param sines likewise
     */
    void apply(
        float[] x,
        int offset,
        int heads,
        int headLength,
        float[] cosines,
        float[] sines,
        int angles,
        int worker);
  }

  /** Prepares a norm, at load. */
  Norm norm(NormSpec spec);

  /** Prepares the rotation of the first {@code 2 * pairs} values of heads, at load. */
  Rotation rotation(RopePairs pairing, int pairs);

  /** {@code x[i] = activation(x[i])} for {@code from <= i < end}; called by workers of the team. */
  void activate(Activation activation, float[] x, int from, int end, int worker);

  /**
   * {@code gate[i] = activation(gate[i]) * up[i]} for {@code from <= i < end}; called by workers of
   * the team.
   */
  void gate(Activation activation, float[] gate, float[] up, int from, int end, int worker);

  /**
   * As {@link #gate}, but zero where the activated gate's magnitude is below {@code threshold};
   * called by workers of the team.
   */
  void gateAbove(
      Activation activation,
      float[] gate,
      float[] up,
      float threshold,
      int from,
      int end,
      int worker);

  /**
   * {@code sums[to + i] += weights[k] * rows[places[k] * length + i]} for {@code i < length} and
   * {@code first <= k < end}, in this order; called by workers of the team.
   */
  void addWeighted(
      float[] rows,
      int[] places,
      float[] weights,
      int first,
      int end,
      float[] sums,
      int to,
      int length,
      int worker);
}
