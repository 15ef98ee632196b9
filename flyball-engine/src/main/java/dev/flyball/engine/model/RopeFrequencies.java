package dev.flyball.engine.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * How far each pair of a head turns from one position to the next.
 *
 * <p>Sources: RoPE arXiv:2104.09864, position interpolation arXiv:2306.15595, YaRN
 * arXiv:2309.00071; the details of YaRN are those of ggml's {@code ggml_rope_ext} and llama.cpp's
 * context set-up.
 */
final class RopeFrequencies {
  private final double[] radiansPerPosition;
  private final float magnitude;

  private RopeFrequencies(double[] radiansPerPosition, float magnitude) {
    this.radiansPerPosition = radiansPerPosition;
    this.magnitude = magnitude;
  }

  /**
   * @param dimensions values of a head that are rotated, an even number
   * @param base {@code rope.freq_base}
   * @param divisors {@code rope_freqs.weight}: what each pair's frequency is divided by
   */
  static RopeFrequencies of(
      int dimensions, double base, Optional<float[]> divisors, RopeScaling scaling) {
    double[] radians = new double[dimensions / 2];
    for (int pair = 0; pair < radians.length; pair++) {
      double divisor = divisors.isPresent() ? divisors.get()[pair] : 1;
      double plain = Math.pow(base, -2.0 * pair / dimensions) / divisor;
      radians[pair] =
          switch (scaling) {
            case RopeScaling.None _ -> plain;
            case RopeScaling.Linear linear -> plain / linear.factor();
            case RopeScaling.Yarn yarn -> yarn(pair, plain, dimensions, base, yarn);
          };
    }
    return new RopeFrequencies(radians, (float) scaling.magnitude());
  }

  /** These, with the other pairs not rotated. */
  RopeFrequencies only(IntPredicate pairs) {
    double[] radians = radiansPerPosition.clone();
    Arrays.setAll(radians, pair -> pairs.test(pair) ? radians[pair] : 0);
    return new RopeFrequencies(radians, magnitude);
  }

  /** Fast pairs keep their frequency, slow ones are interpolated, with a ramp in between. */
  private static double yarn(
      int pair, double plain, int dimensions, double base, RopeScaling.Yarn yarn) {
    double low = Math.floor(pairTurning(yarn.betaFast(), dimensions, base, yarn.originalContext()));
    double high = Math.ceil(pairTurning(yarn.betaSlow(), dimensions, base, yarn.originalContext()));
    low = Math.max(0, low);
    high = Math.min(dimensions - 1, high);
    double ramp = Math.clamp((pair - low) / Math.max(0.001, high - low), 0, 1);
    double kept = (1 - ramp) * yarn.extrapolation();
    return plain / yarn.factor() * (1 - kept) + plain * kept;
  }

  /** The pair, as a real number, that makes so many turns over the original context. */
  private static double pairTurning(double turns, int dimensions, double base, int context) {
    return dimensions * Math.log(context / (turns * 2 * Math.PI)) / (2 * Math.log(base));
  }

  int pairs() {
    return radiansPerPosition.length;
  }

  /** Writes the cosines and sines of all pairs at a position, times the magnitude. */
  void at(int position, float[] cosines, float[] sines, int offset) {
    for (int pair = 0; pair < radiansPerPosition.length; pair++) {
      double angle = position * radiansPerPosition[pair];
      cosines[offset + pair] = (float) Math.cos(angle) * magnitude;
      sines[offset + pair] = (float) Math.sin(angle) * magnitude;
    }
  }
}
