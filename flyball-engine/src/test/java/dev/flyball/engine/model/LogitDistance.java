package dev.flyball.engine.model;

/** How far logits are from others. */
final class LogitDistance {
  private LogitDistance() {}

  /** Root mean square of the differences, as a part of that of the expected ones. */
  static double relative(float[] logits, float[] expected) {
    double difference = 0;
    double all = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) logits[i] - expected[i], 2);
      all += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / all);
  }
}
