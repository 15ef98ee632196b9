package dev.flyball.kernels;

/**
 * One row of weights times one token. C2 does not vectorise a sum over floats, so products are
 * summed into 256 lanes, element by element, and the lanes at the end.
 */
final class LaneSums {
  private static final int CHUNK = MatrixInput.CHUNK;

  private LaneSums() {}

  /**
   * {@code lanes[j % 256] += w[j / 256][j % 256] * x[j]} for {@code j < count}, where x is the
   * token from chunk {@code firstChunk} on; {@code count} is at most 1024.
   */
  static void add(float[][] w, MatrixInput x, int token, int firstChunk, int count, float[] lanes) {
    if (count == 4 * CHUNK) {
      addFour(w, x, token, firstChunk, lanes);
      return;
    }
    for (int first = 0; first < count; first += CHUNK) {
      int chunk = first / CHUNK;
      addOne(w[chunk], x.chunk(token, firstChunk + chunk), lanes, Math.min(CHUNK, count - first));
    }
  }

  private static void addFour(float[][] w, MatrixInput x, int token, int chunk, float[] lanes) {
    float[] w0 = w[0];
    float[] w1 = w[1];
    float[] w2 = w[2];
    float[] w3 = w[3];
    float[] x0 = x.chunk(token, chunk);
    float[] x1 = x.chunk(token, chunk + 1);
    float[] x2 = x.chunk(token, chunk + 2);
    float[] x3 = x.chunk(token, chunk + 3);
    for (int i = 0; i < CHUNK; i++) {
      float half = Math.fma(w1[i], x1[i], Math.fma(w0[i], x0[i], lanes[i]));
      lanes[i] = Math.fma(w3[i], x3[i], Math.fma(w2[i], x2[i], half));
    }
  }

  private static void addOne(float[] w, float[] x, float[] lanes, int count) {
    for (int i = 0; i < count; i++) {
      lanes[i] = Math.fma(w[i], x[i], lanes[i]);
    }
  }

  /** The sum of all 256 lanes. */
  static float total(float[] lanes) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    for (int i = 0; i < CHUNK; i += 8) {
      s0 += lanes[i];
      s1 += lanes[i + 1];
      s2 += lanes[i + 2];
      s3 += lanes[i + 3];
      s4 += lanes[i + 4];
      s5 += lanes[i + 5];
      s6 += lanes[i + 6];
      s7 += lanes[i + 7];
    }
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }
}
