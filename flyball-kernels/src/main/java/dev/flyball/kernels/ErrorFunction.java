package dev.flyball.kernels;

/** The Gaussian error function in double precision. */
final class ErrorFunction {
  /** From here on the fraction takes fewer terms than the series. */
  private static final double FAR = 3;

  private static final int FRACTION_TERMS = 60;
  private static final double SQRT_PI = Math.sqrt(Math.PI);

  private ErrorFunction() {}

  /**
   * {@code 1 - erf(x)} to nearly the precision of a double, relative to the result: by the series
   * 7.6.2 and the continued fraction 7.9.4 of the NIST Digital Library of Mathematical Functions.
   */
  static double complement(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    if (x < FAR) {
      return x < -FAR ? 2 - complement(-x) : 1 - series(x);
    }
    double fraction = x;
    for (int k = FRACTION_TERMS; k > 0; k--) {
      fraction = x + k / 2.0 / fraction;
    }
    return Math.exp(-x * x) / (SQRT_PI * fraction);
  }

  /** {@code erf(x) = 2 / sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1))}. */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / SQRT_PI * Math.exp(-x * x) * sum;
  }
}
