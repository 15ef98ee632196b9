package dev.flyball.kernels;

/** Adds rows to another one by their weights: the end of a mixture of experts. */
public final class WeightedRows {
  private WeightedRows() {}

  /**
   * {@code sums[to + i] += weights[k] * rows[places[k] * length + i]} for {@code first <= k < end},
   * in this order, and {@code from <= i < length}; each product is rounded together with its sum.
   *
   * @param rows (rows, length)
   */
  public static void add(
      float[] rows,
      int[] places,
      float[] weights,
      int first,
      int end,
      float[] sums,
      int to,
      int from,
      int length) {
    for (int k = first; k < end; k++) {
      int at = places[k] * length;
      for (int i = from; i < length; i++) {
        sums[to + i] = Math.fma(weights[k], rows[at + i], sums[to + i]);
      }
    }
  }
}
