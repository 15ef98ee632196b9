package dev.flyball.kernels;

/** Rotary position embedding (arXiv:2104.09864) over interleaved pairs: (0, 1), (2, 3), ... */
public final class PairRotation {
  private PairRotation() {}

  /**
   * Rotates the first {@code 2 * pairs} values of a head by the angles whose cosines and sines are
   * given; the values behind stay as they are.
   */
  public static void apply(
      float[] head, int offset, float[] cosines, float[] sines, int tableOffset, int pairs) {
    for (int i = 0; i < pairs; i++) {
      float cosine = cosines[tableOffset + i];
      float sine = sines[tableOffset + i];
      int even = offset + 2 * i;
      float a = head[even];
      float b = head[even + 1];
      head[even] = a * cosine - b * sine;
      head[even + 1] = a * sine + b * cosine;
    }
  }
}
