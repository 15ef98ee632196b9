package dev.flyball.engine.vision;

/** {@code y += a * x}, in a loop that the JIT compiler makes vector instructions of. */
final class Axpy {
  private Axpy() {}

  static void add(float a, float[] x, int from, float[] y, int to, int count) {
    for (int i = 0; i < count; i++) {
      y[to + i] += a * x[from + i];
    }
  }
}
