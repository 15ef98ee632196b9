package dev.flyball.kernels.quantize;

import java.util.Arrays;

/**
 * Fits {@code x ~ scale * level} to values that are not negative, levels being 0 to a highest one:
 * several scales near {@code highest / largest} are tried, then single levels moved as long as that
 * betters the fit. Reused; not thread-safe.
 *
 * <p>Source: ggml's search for the scales of groups with an importance matrix.
 */
final class PositiveFit {
  private static final int TRIALS_EACH_SIDE = 4;
  private static final int ROUNDS = 5;

  private final int highest;
  private final int[] levels;
  private float sumLx;
  private float sumL2;

  PositiveFit(int values, int highest) {
    this.highest = highest;
    this.levels = new int[values];
  }

  /** The levels of the last fit. */
  int[] levels() {
    return levels;
  }

  /** The scale; the levels are in {@link #levels}. */
  float fit(float[] x, float[] weights) {
    float largest = 0;
    for (float value : x) {
      largest = value > largest ? value : largest;
    }
    if (largest < Levels.SMALLEST_MAXIMUM) {
      Arrays.fill(levels, 0);
      return 0;
    }
    takeLevels(x, weights, bestInverse(x, weights, largest));
    boolean changed = true;
    for (int round = 0; round < ROUNDS && changed; round++) {
      changed = false;
      for (int i = 0; i < levels.length; i++) {
        changed |= move(x[i], weights[i], i);
      }
    }
    return sumL2 > 0 ? sumLx / sumL2 : 0;
  }

  private float bestInverse(float[] x, float[] weights, float largest) {
    float bestInverse = highest / largest;
    float best = error(x, weights, bestInverse, Integer.MAX_VALUE);
    for (int step = -TRIALS_EACH_SIDE; step <= TRIALS_EACH_SIDE; step++) {
      float inverse = (0.1f * step + highest) / largest;
      float error = step == 0 ? best : error(x, weights, inverse, highest);
      if (error < best) {
        best = error;
        bestInverse = inverse;
      }
    }
    return bestInverse;
  }

  private static float error(float[] x, float[] weights, float inverse, int most) {
    float scale = 1 / inverse;
    float error = 0;
    for (int i = 0; i < x.length; i++) {
      float difference = x[i] - scale * Math.min(most, Levels.nearest(inverse * x[i]));
      error += weights[i] * difference * difference;
    }
    return error;
  }

  private void takeLevels(float[] x, float[] weights, float inverse) {
    sumLx = 0;
    sumL2 = 0;
    for (int i = 0; i < levels.length; i++) {
      int level = Math.min(highest, Levels.nearest(inverse * x[i]));
      levels[i] = level;
      sumLx += weights[i] * x[i] * level;
      sumL2 += weights[i] * level * level;
    }
  }

  /** Gives one value the level that is best for the scale of all others, where that is better. */
  private boolean move(float value, float weight, int at) {
    float othersLx = sumLx - weight * value * levels[at];
    float othersL2 = sumL2 - weight * levels[at] * levels[at];
    if (!(othersLx > 0 && othersL2 > 0)) {
      return false;
    }
    int level = Math.min(highest, Levels.nearest(value * othersL2 / othersLx));
    if (level == levels[at]) {
      return false;
    }
    float newLx = othersLx + weight * value * level;
    float newL2 = othersL2 + weight * level * level;
    if (!(newLx * newLx * sumL2 > sumLx * sumLx * newL2)) {
      return false;
    }
    levels[at] = level;
    sumLx = newLx;
    sumL2 = newL2;
    return true;
  }
}
