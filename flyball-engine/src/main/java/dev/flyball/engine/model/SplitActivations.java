package dev.flyball.engine.model;

import dev.flyball.kernels.WorkerTeam;

/**
 * Activations as sums of two parts that eight bits hold: {@code x = coarse + rest}, {@code coarse}
 * being what is left of a row when each block of 32 is rounded to multiples of a 127th of its
 * largest magnitude. A product with both parts is one with activations of about sixteen bits, at
 * twice the arithmetic and one reading of the weights. Grows to the largest step; used by the
 * thread that calls {@code forward}.
 */
final class SplitActivations {
  private static final int BLOCK = 32;

  /** Adding and taking it away rounds a float of small magnitude to an integer. */
  private static final float ROUNDING = 1.5f * (1 << 23);

  private final WorkerTeam team;

  /** (2 tokens, columns): the coarse parts, then the rests. */
  private float[] parts = new float[0];

  SplitActivations(WorkerTeam team) {
    this.team = team;
  }

  /** The parts of {@code x} (tokens, columns), valid until the next call. */
  float[] split(float[] x, int tokens, int columns) {
    int values = Math.multiplyExact(tokens, columns);
    if (parts.length < 2 * values) {
      parts = new float[Math.multiplyExact(2, values)];
    }
    float[] target = parts;
    team.run(tokens, (t, _) -> splitRow(x, t * columns, columns, target, values));
    return target;
  }

  private static void splitRow(float[] x, int from, int columns, float[] parts, int values) {
    for (int block = from; block < from + columns; block += BLOCK) {
      int end = Math.min(block + BLOCK, from + columns);
      float largest = 0;
      for (int i = block; i < end; i++) {
        largest = Math.max(largest, Math.abs(x[i]));
      }
      float scale = largest / 127;
      float inverse = scale < Float.MIN_NORMAL ? 0 : 1 / scale;
      for (int i = block; i < end; i++) {
        float coarse = (x[i] * inverse + ROUNDING - ROUNDING) * scale;
        parts[i] = coarse;
        parts[values + i] = x[i] - coarse;
      }
    }
  }
}
