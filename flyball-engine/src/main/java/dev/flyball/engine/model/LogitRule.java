package dev.flyball.engine.model;

/**
 * What becomes of the products with the output matrix: {@code logit = factor * product}.
 *
 * @param factor above 0; 1 as a rule
 */
record LogitRule(float factor) {
  static final LogitRule PLAIN = new LogitRule(1);

  static LogitRule scaled(double factor) {
    return new LogitRule((float) factor);
  }

  void apply(float[] logits, int count) {
    if (factor != 1) {
      for (int i = 0; i < count; i++) {
        logits[i] *= factor;
      }
    }
  }
}
