package dev.flyball.kernels.quantize;

import java.util.Arrays;

/**
 * Fits {@code x ~ scale * level} to a group of values, levels being {@code -limit} to {@code limit
 * - 1}. Reused from group to group; not thread-safe.
 *
 * <p>Source: ggml's searches for Q6_K and Q3_K.
 */
final class SignedFit {
  private static final int TRIALS_EACH_SIDE = 9;
  private static final int ROUNDS = 5;

  private final int limit;
  private final float[] weights;
  private float sumLx;
  private float sumL2;

  SignedFit(int values, int limit) {
    this.limit = limit;
    this.weights = new float[values];
  }

  /** What values weigh in the next fit, to be filled by the caller. */
  float[] weights() {
    return weights;
  }

  /** Lets each value weigh its square in the next fit. */
  void weighSquares(float[] x, int from) {
    for (int i = 0; i < weights.length; i++) {
      weights[i] = x[from + i] * x[from + i];
    }
  }

  /**
   * Tries 19 scales around the one that makes the value of the largest magnitude the lowest level.
   *
   * @return the scale; the levels are from {@code to}, their lowest being 0
   */
  float fitByScales(float[] x, int from, int[] levels, int to) {
    float extreme = Levels.extreme(x, from, weights.length);
    if (Math.abs(extreme) < Levels.SMALLEST_MAXIMUM) {
      Arrays.fill(levels, to, to + weights.length, 0);
      return 0;
    }
    float bestInverse = -limit / extreme;
    sum(x, from, bestInverse);
    float scale = sumL2 == 0 ? 0 : sumLx / sumL2;
    float best = scale * sumLx;
    for (int step = -TRIALS_EACH_SIDE; step <= TRIALS_EACH_SIDE; step++) {
      if (step == 0) {
        continue;
      }
      float inverse = -(limit + 0.1f * step) / extreme;
      sum(x, from, inverse);
      if (sumL2 > 0 && sumLx * sumLx > best * sumL2) {
        bestInverse = inverse;
        scale = sumLx / sumL2;
        best = scale * sumLx;
      }
    }
    for (int i = 0; i < weights.length; i++) {
      levels[to + i] = level(bestInverse * x[from + i]) + limit;
    }
    return scale;
  }

  private void sum(float[] x, int from, float inverse) {
    sumLx = 0;
    sumL2 = 0;
    for (int i = 0; i < weights.length; i++) {
      float value = x[from + i];
      int level = level(inverse * value);
      float weight = weights[i];
      sumLx += weight * value * level;
      sumL2 += weight * level * level;
    }
  }

  /**
   * Begins with the scale that makes the value of the largest magnitude the lowest level, then
   * moves single levels as long as that betters the fit.
   *
   * @return as {@link #fitByScales}
   */
  float fitByLevels(float[] x, int from, int[] levels, int to) {
    float extreme = Levels.extreme(x, from, weights.length);
    if (Math.abs(extreme) < Levels.SMALLEST_MAXIMUM) {
      Arrays.fill(levels, to, to + weights.length, 0);
      return 0;
    }
    float inverse = -limit / extreme;
    sum(x, from, inverse);
    for (int i = 0; i < weights.length; i++) {
      levels[to + i] = level(inverse * x[from + i]);
    }
    for (int round = 0; round < ROUNDS; round++) {
      boolean changed = false;
      for (int i = 0; i < weights.length; i++) {
        changed |= move(x[from + i], weights[i], levels, to + i);
      }
      if (!changed) {
        break;
      }
    }
    for (int i = 0; i < weights.length; i++) {
      levels[to + i] += limit;
    }
    return sumL2 > 0 ? sumLx / sumL2 : 0;
  }

  /** Gives one value the level that is best for the scale of all others, where that is better. */
  private boolean move(float value, float weight, int[] levels, int at) {
    float othersLx = sumLx - weight * value * levels[at];
    if (!(othersLx > 0)) {
      return false;
    }
    float othersL2 = sumL2 - weight * levels[at] * levels[at];
    int level = level(value * othersL2 / othersLx);
    if (level == levels[at]) {
      return false;
    }
    float newLx = othersLx + weight * value * level;
    float newL2 = othersL2 + weight * level * level;
    if (!(newL2 > 0 && newLx * newLx * sumL2 > sumLx * sumLx * newL2)) {
      return false;
    }
    levels[at] = level;
    sumLx = newLx;
    sumL2 = newL2;
    return true;
  }

  private int level(float value) {
    return Levels.nearest(value, -limit, limit - 1);
  }
}
