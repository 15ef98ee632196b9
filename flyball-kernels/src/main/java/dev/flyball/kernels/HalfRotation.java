package dev.flyball.kernels;

/**
 * Rotary position embedding (arXiv:2104.09864) over pairs of halves: with {@code n} pairs (0, n),
 * (1, n + 1), ...; GPT-NeoX has them so.
 */
public final class HalfRotation {
  private HalfRotation() {}

  /**
   * Rotates the first {@code 2 * pairs} values of a head by the angles whose cosines and sines are
   * given; the values behind stay as they are.
   */
  public static void apply(
      float[] head, int offset, float[] cosines, float[] sines, int tableOffset, int pairs) {
    apply(head, offset, pairs, cosines, sines, tableOffset, pairs);
  }

  /**
   * Rotates {@code pairs} adjacent pairs of a head, which has the second value of each {@code
   * distance} behind the first one.
   */
  public static void apply(
      float[] head,
      int offset,
      int distance,
      float[] cosines,
      float[] sines,
      int tableOffset,
      int pairs) {
    for (int i = 0; i < pairs; i++) {
      float cosine = cosines[tableOffset + i];
      float sine = sines[tableOffset + i];
      float a = head[offset + i];
      float b = head[offset + distance + i];
      head[offset + i] = a * cosine - b * sine;
      head[offset + distance + i] = a * sine + b * cosine;
    }
  }
}
