package dev.flyball.cli.load.measure;

/** Figures without digits that mean nothing. */
final class Rounding {
  private Rounding() {}

  static double threeDecimals(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
