package dev.flyball.kernels.attention;

import dev.flyball.kernels.simd.Exponential;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Emits the soft-capping of scores (Gemma 2, arXiv:2408.00118): {@code cap * tanh(score / cap)}, as
 * {@code cap - 2 cap / (1 + exp(2 score / cap))}. A score is off by less than {@code cap * 2^-21},
 * which is 2.4e-5 for a cap of 50; the least score, of what is not visible, stays minus infinity.
 */
final class SoftCap {
  /** More than any score but minus infinity is below 0. */
  private static final float BEYOND_SCORES = 1e30f;

  private final SimdBuilder s;
  private final Exponential exponential;
  private final Vec twoOverCap;
  private final Vec one;
  private final Vec minusTwoCaps;
  private final Vec cap;
  private final Vec beyond;
  private final Vec hidden;

  SoftCap(SimdBuilder s, Exponential exponential, float cap) {
    this.s = s;
    this.exponential = exponential;
    twoOverCap = constant(2 / cap);
    one = constant(1);
    minusTwoCaps = constant(-2 * cap);
    this.cap = constant(cap);
    beyond = constant(BEYOND_SCORES);
    hidden = s.vector();
  }

  private Vec constant(float value) {
    Vec vector = s.vector();
    s.constantFloat(vector, value);
    return vector;
  }

  /** Caps a vector of scores in memory. */
  void emit(Reg address, int offsetBytes) {
    Vec x = s.vector();
    s.load(x, address, offsetBytes);
    hide(x);
    s.multiply(x, x, twoOverCap);
    exponential.apply(x);
    s.addFloat(x, x, one);
    s.divide(x, minusTwoCaps, x);
    s.addFloat(x, x, cap);
    s.subtract(x, x, hidden);
    s.store(address, offsetBytes, x);
    s.release(x);
  }

  /** {@code hidden = max(0, -x - beyond)}: infinity where the score is minus infinity, else 0. */
  private void hide(Vec x) {
    Vec zero = exponential.scratch();
    s.zero(zero);
    s.subtract(hidden, zero, x);
    s.subtract(hidden, hidden, beyond);
    s.maximum(hidden, zero, hidden);
  }

  void release() {
    s.release(twoOverCap, one, minusTwoCaps, cap, beyond, hidden);
  }
}
