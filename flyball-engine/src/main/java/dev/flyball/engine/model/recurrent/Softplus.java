package dev.flyball.engine.model.recurrent;

/** {@code log(1 + exp(x))}. */
final class Softplus {
  /** From here on, {@code x} itself is as close as floats are. */
  private static final double LINEAR = 20;

  private Softplus() {}

  static double of(double x) {
    return x > LINEAR ? x : Math.log1p(Math.exp(x));
  }
}
