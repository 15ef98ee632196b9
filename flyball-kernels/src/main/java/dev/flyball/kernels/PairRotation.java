package dev.flyball.kernels;

/** Rotary position embedding (arXiv:2104.09864) over interleaved pairs: (0, 1), (2, 3), ... */
public final class PairRotation {
  private PairRotation() {}

  /**
   * Rotates the first {@code 2 * pairs} values of a head, a value at a time: {@code value * cosine
   * + the other of its pair * sine}; the values behind stay as they are.
   *
   * @param cosines of the pairs' angles, each twice
   * @param sines of the pairs' angles, each twice, the first time negated
   */
  public static void apply(
      float[] head, int offset, float[] cosines, float[] sines, int tableOffset, int pairs) {
    for (int i = 0; i < pairs; i++) {
      int even = offset + 2 * i;
      int angle = tableOffset + 2 * i;
      float a = head[even];
      float b = head[even + 1];
      head[even] = a * cosines[angle] + b * sines[angle];
      head[even + 1] = b * cosines[angle + 1] + a * sines[angle + 1];
    }
  }
}
