package dev.flyball.kernels.elementwise;

import dev.flyball.kernels.ActivationCurve;
import dev.flyball.kernels.simd.Exponential;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/** Emits an {@link ActivationCurve} of every lane. */
final class CurveCode {
  /** {@code -2 * sqrt(2 / pi) * (x + 0.044715 x^3)} as a polynomial of x^2, times x. */
  private static final float TANH_LINEAR = (float) (-2 * ActivationCurve.SQRT_2_OVER_PI);

  private static final float TANH_CUBIC = TANH_LINEAR * 0.044715f;

  /**
   * The exponent of {@code erfc(z) = t * exp(-z^2 + P(t))}, {@code t = 1 / (1 + z / 2)}, for z not
   * below 0, off by no more than 1.2e-7 of it; highest power first. Source: W. H. Press and others,
   * Numerical Recipes, 6.2, a Chebyshev fit.
   */
  private static final float[] ERFC = {
    0.17087276f,
    -0.82215226f,
    1.4885159f,
    -1.135204f,
    0.27886808f,
    -0.18628806f,
    0.09678418f,
    0.37409195f,
    1.0000237f,
    -1.2655122f
  };

  /** Beyond, erfc is zero; with an infinity it would meet infinity times zero. */
  private static final float FAR = 100;

  private final SimdBuilder s;
  private final ActivationCurve curve;
  private final Exponential exponential;
  private final Reg constants;
  private final Vec one;
  private final Vec a;
  private final Vec b;

  CurveCode(SimdBuilder s, ActivationCurve curve) {
    this.s = s;
    this.curve = curve;
    exponential = new Exponential(s);
    constants = s.constants(ERFC);
    one = constant(1);
    a = s.vector();
    b = s.vector();
  }

  private Vec constant(float value) {
    Vec vector = s.vector();
    s.constantFloat(vector, value);
    return vector;
  }

  /** {@code x = curve(x)}. */
  void apply(Vec x) {
    switch (curve) {
      case SILU -> {
        timesConstant(a, x, -1);
        logistic(x);
      }
      case RELU_SQUARED -> {
        s.zero(a);
        s.maximum(x, a, x);
        s.multiply(x, x, x);
      }
      case GELU_TANH -> {
        s.multiply(b, x, x);
        timesConstant(b, b, TANH_CUBIC);
        s.constantFloat(a, TANH_LINEAR);
        s.addFloat(b, b, a);
        s.multiply(a, b, x);
        logistic(x);
      }
      case GELU_ERF -> gelu(x);
      case CLIPPED_SILU -> {
        s.constantFloat(a, ActivationCurve.LIMIT);
        s.minimum(x, a, x);
        timesConstant(a, x, (float) -ActivationCurve.STEEPNESS);
        logistic(x);
      }
    }
  }

  private void timesConstant(Vec destination, Vec x, float factor) {
    Vec vector = constant(factor);
    s.multiply(destination, x, vector);
    s.release(vector);
  }

  /** {@code x = x / (1 + exp(a))}. */
  private void logistic(Vec x) {
    exponential.apply(a);
    s.addFloat(a, a, one);
    s.divide(x, x, a);
  }

  /** {@code x = max(x, 0) - |x| * erfc(|x| / sqrt(2)) / 2}. */
  private void gelu(Vec x) {
    Vec magnitude = s.vector();
    s.constantInt(a, Integer.MAX_VALUE);
    s.and(magnitude, x, a);
    s.constantFloat(a, FAR);
    s.minimum(magnitude, a, magnitude);
    timesConstant(a, magnitude, (float) Math.sqrt(0.125));
    s.addFloat(b, a, one);
    s.divide(b, one, b);
    s.broadcast(a, constants, 0);
    for (int i = 1; i < ERFC.length; i++) {
      s.hornerStep(a, b, constants, 4 * i);
    }
    // exp(-z^2 + P) with z^2 = x^2 / 2
    Vec square = s.vector();
    s.multiply(square, magnitude, magnitude);
    Vec half = constant(-0.5f);
    s.fma(a, square, half);
    exponential.apply(a);
    s.multiply(a, a, b);
    s.multiply(a, a, magnitude);
    s.zero(b);
    s.maximum(x, b, x);
    s.fma(x, a, half);
    s.release(magnitude, square, half);
  }

  /** {@code up} as the gate meets it. */
  void prepareUp(Vec up) {
    if (curve == ActivationCurve.CLIPPED_SILU) {
      s.constantFloat(a, -ActivationCurve.LIMIT);
      s.maximum(up, a, up);
      s.constantFloat(a, ActivationCurve.LIMIT);
      s.minimum(up, a, up);
      s.addFloat(up, up, one);
    }
  }
}
