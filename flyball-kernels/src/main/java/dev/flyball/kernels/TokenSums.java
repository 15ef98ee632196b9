package dev.flyball.kernels;

/**
 * One row of weights times many tokens: the loop over the tokens is the inner one. Its shape, few
 * arrays all read at the loop's own index, is what C2 turns into vector instructions.
 */
final class TokenSums {
  private TokenSums() {}

  /** {@code sums[t] += w[j] * x[first + j][t]} for {@code j < count}, {@code t < tokens}. */
  static void add(float[] w, int count, MatrixInput x, int first, float[] sums, int tokens) {
    int j = 0;
    for (; j + 8 <= count; j += 8) {
      addEight(w, j, x, first + j, sums, tokens);
    }
    for (; j < count; j++) {
      addOne(w[j], x.column(first + j), sums, tokens);
    }
  }

  private static void addEight(
      float[] w, int j, MatrixInput x, int column, float[] sums, int tokens) {
    float w0 = w[j];
    float w1 = w[j + 1];
    float w2 = w[j + 2];
    float w3 = w[j + 3];
    float w4 = w[j + 4];
    float w5 = w[j + 5];
    float w6 = w[j + 6];
    float w7 = w[j + 7];
    float[] x0 = x.column(column);
    float[] x1 = x.column(column + 1);
    float[] x2 = x.column(column + 2);
    float[] x3 = x.column(column + 3);
    float[] x4 = x.column(column + 4);
    float[] x5 = x.column(column + 5);
    float[] x6 = x.column(column + 6);
    float[] x7 = x.column(column + 7);
    for (int t = 0; t < tokens; t++) {
      float low = Math.fma(w2, x2[t], Math.fma(w1, x1[t], Math.fma(w0, x0[t], sums[t])));
      float middle = Math.fma(w5, x5[t], Math.fma(w4, x4[t], Math.fma(w3, x3[t], low)));
      sums[t] = Math.fma(w7, x7[t], Math.fma(w6, x6[t], middle));
    }
  }

  private static void addOne(float w, float[] x, float[] sums, int tokens) {
    for (int t = 0; t < tokens; t++) {
      sums[t] = Math.fma(w, x[t], sums[t]);
    }
  }
}
