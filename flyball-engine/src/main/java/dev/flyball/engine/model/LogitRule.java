package dev.flyball.engine.model;

/**
 * What becomes of the products with the output matrix: {@code logit = factor * product}, or {@code
 * softCap * tanh(factor * product / softCap)}.
 *
 * @param factor above 0; 1 as a rule
 * @param softCap what logits are soft-capped to (arXiv:2408.00118); infinite as a rule
 */
public record LogitRule(float factor, float softCap) {
  static final LogitRule PLAIN = new LogitRule(1, Float.POSITIVE_INFINITY);

  public static LogitRule scaled(double factor) {
    return new LogitRule((float) factor, Float.POSITIVE_INFINITY);
  }

  /**
   * What {@code final_logit_softcapping} says; 0: logits are not capped.
   *
   * @param orElse the cap where the file does not say
   */
  public static LogitRule readSoftCap(HyperParameters keys, double orElse) {
    double cap = keys.number("final_logit_softcapping", orElse);
    return cap == 0
        ? PLAIN
        : new LogitRule(1, (float) keys.positive("final_logit_softcapping", orElse));
  }

  /** Whether products are logits as they are. */
  boolean isPlain() {
    return factor == 1 && softCap == Float.POSITIVE_INFINITY;
  }

  /** Turns products into logits, from {@code from} to {@code end - 1}. */
  void apply(float[] logits, int from, int end) {
    for (int i = from; i < end; i++) {
      logits[i] *= factor;
    }
    if (softCap < Float.POSITIVE_INFINITY) {
      for (int i = from; i < end; i++) {
        logits[i] = (float) (softCap * Math.tanh(logits[i] / softCap));
      }
    }
  }
}
