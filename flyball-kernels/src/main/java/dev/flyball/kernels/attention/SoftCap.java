package dev.flyball.kernels.attention;

import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Emits the soft-capping of scores (Gemma 2, arXiv:2408.00118): {@code cap * tanh(score / cap)}, as
 * {@code cap - 2 cap / (1 + exp(2 score / cap))}, where scores are in units of {@link
 * OnlineSoftmax#UNIT}. A score is off by less than {@code cap * 2^-21}, which is 2.4e-5 for a cap
 * of 50; the least score, of what is not visible, stays minus infinity.
 */
final class SoftCap {
  /** More than any score but minus infinity is below 0. */
  private static final float BEYOND_SCORES = 1e30f;

  private static final float LARGEST_EXPONENT = 126;

  private final SimdBuilder s;
  private final PowerOfTwo power;
  private final Vec twoOverCap;
  private final Vec one;
  private final Vec minusTwoCaps;
  private final Vec cap;
  private final Vec beyond;
  private final Vec hidden;
  private final Vec other;

  SoftCap(SimdBuilder s, float cap) {
    this.s = s;
    float inUnits = (float) (cap / OnlineSoftmax.UNIT);
    twoOverCap = constant(2 / cap);
    one = constant(1);
    minusTwoCaps = constant(-2 * inUnits);
    this.cap = constant(inUnits);
    beyond = constant(BEYOND_SCORES);
    hidden = s.vector();
    other = s.vector();
    power = new PowerOfTwo(s, 1, 1);
  }

  private Vec constant(float value) {
    Vec vector = s.vector();
    s.constantFloat(vector, value);
    return vector;
  }

  /** Caps a vector of scores. */
  void emit(Vec x) {
    hide(x);
    s.multiply(x, x, twoOverCap);
    s.constantFloat(other, LARGEST_EXPONENT);
    s.minimum(x, other, x);
    power.apply(x);
    s.addFloat(x, x, one);
    s.divide(x, minusTwoCaps, x);
    s.addFloat(x, x, cap);
    s.subtract(x, x, hidden);
  }

  /** {@code hidden = max(0, -x - beyond)}: infinity where the score is minus infinity, else 0. */
  private void hide(Vec x) {
    s.zero(other);
    s.subtract(hidden, other, x);
    s.subtract(hidden, hidden, beyond);
    s.maximum(hidden, other, hidden);
  }

  void release() {
    power.release();
    s.release(twoOverCap, one, minusTwoCaps, cap, beyond, hidden, other);
  }
}
