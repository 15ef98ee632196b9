package dev.flyball.kernels.quantize;

import java.util.Arrays;

/**
 * Fits {@code x ~ scale * level - minimum} to a group of values, levels being 0 to a highest one
 * and scale and minimum not negative: levels are tried for several scales near {@code highest /
 * (largest - smallest)}, for each the weighted least squares give scale and minimum, and the fit of
 * the least weighted error is taken. Reused from group to group; not thread-safe.
 *
 * <p>Source: ggml's search for the K formats with minimums.
 */
final class MinimumFit {
  private final int highest;
  private final float firstTrial;
  private final float trialStep;
  private final int trials;
  private final boolean absoluteError;
  private final float[] weights;
  private final int[] trial;
  private float scale;
  private float minimum;

  /**
   * @param firstTrial what is added to the highest level for the first trial
   * @param trialStep what each further trial adds
   * @param trials how many follow the first
   * @param absoluteError whether errors count by their magnitude, not by their square
   */
  MinimumFit(
      int values,
      int highest,
      float firstTrial,
      float trialStep,
      int trials,
      boolean absoluteError) {
    this.highest = highest;
    this.firstTrial = firstTrial;
    this.trialStep = trialStep;
    this.trials = trials;
    this.absoluteError = absoluteError;
    this.weights = new float[values];
    this.trial = new int[values];
  }

  /** The search where the importance of columns is known. */
  static MinimumFit byImportance(int values, int highest) {
    return new MinimumFit(values, highest, -0.9f, 0.05f, 36, false);
  }

  /** What values weigh in the next fit, to be filled by the caller. */
  float[] weights() {
    return weights;
  }

  float scale() {
    return scale;
  }

  /** What is taken off, at least 0. */
  float minimum() {
    return minimum;
  }

  /** Fits the values from {@code from} and leaves their levels from {@code to}. */
  void fit(float[] x, int from, int[] levels, int to) {
    float smallest = x[from];
    float largest = x[from];
    float sumW = weights[0];
    float sumX = sumW * x[from];
    for (int i = 1; i < trial.length; i++) {
      float value = x[from + i];
      smallest = value < smallest ? value : smallest;
      largest = value > largest ? value : largest;
      sumW += weights[i];
      sumX += weights[i] * value;
    }
    if (smallest > 0) {
      smallest = 0;
    }
    scale = 0;
    minimum = -smallest;
    if (largest == smallest) {
      Arrays.fill(levels, to, to + trial.length, 0);
      return;
    }
    search(x, from, levels, to, largest, sumW, sumX);
  }

  /** Trials are counted from the best offset so far, not from the smallest value. */
  private void search(
      float[] x, int from, int[] levels, int to, float largest, float sumW, float sumX) {
    float inverse = highest / (largest + minimum);
    scale = 1 / inverse;
    roundTrial(x, from, inverse);
    System.arraycopy(trial, 0, levels, to, trial.length);
    float best = error(x, from, scale, -minimum);
    for (int step = 0; step <= trials; step++) {
      roundTrial(x, from, (firstTrial + trialStep * step + highest) / (largest + minimum));
      float sumL = 0;
      float sumL2 = 0;
      float sumXl = 0;
      for (int i = 0; i < trial.length; i++) {
        float weighted = weights[i] * trial[i];
        sumL += weighted;
        sumL2 += weighted * trial[i];
        sumXl += weighted * x[from + i];
      }
      float determinant = sumW * sumL2 - sumL * sumL;
      if (!(determinant > 0)) {
        continue;
      }
      float trialScale = (sumW * sumXl - sumX * sumL) / determinant;
      float offset = (sumL2 * sumX - sumL * sumXl) / determinant;
      if (offset > 0) {
        offset = 0;
        trialScale = sumXl / sumL2;
      }
      float error = error(x, from, trialScale, offset);
      if (error < best) {
        best = error;
        scale = trialScale;
        minimum = -offset;
        System.arraycopy(trial, 0, levels, to, trial.length);
      }
    }
  }

  private void roundTrial(float[] x, int from, float inverse) {
    for (int i = 0; i < trial.length; i++) {
      trial[i] = Levels.nearest(inverse * (x[from + i] + minimum), 0, highest);
    }
  }

  private float error(float[] x, int from, float trialScale, float offset) {
    float error = 0;
    for (int i = 0; i < trial.length; i++) {
      float difference = trialScale * trial[i] + offset - x[from + i];
      error += weights[i] * (absoluteError ? Math.abs(difference) : difference * difference);
    }
    return error;
  }
}
