package dev.flyball.kernels.attention;

import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.util.ArrayList;
import java.util.List;

/**
 * Emits 2 to the power of x for every lane, to within two units in the last place: x = n + r, a
 * polynomial for r and n added to the exponent. Exact where x is 0. Arguments below -126 give the
 * smallest normal number, not a number gives that; there must be none above 127.
 *
 * <p>The polynomial has the least largest relative error, 9.3e-8, among those of its degree with
 * floats as coefficients and 1 at 0 (Remez).
 */
final class PowerOfTwo {
  private static final int SMALLEST = 0;
  private static final int POLYNOMIAL = 1;

  private static final float[] CONSTANTS = {
    -126f, 0.0013269403f, 0.009671294f, 0.055507112f, 0.24022247f, 0.693147f, 1f
  };

  private final SimdBuilder s;
  private final Reg constants;

  /** The first of {@link #CONSTANTS}, as many as there is room for. */
  private final List<Vec> held = new ArrayList<>();

  private final Vec[] exponents;
  private final Vec[] results;

  /**
   * Takes a register and vectors.
   *
   * @param width vectors whose powers are computed side by side, which hides how long each takes
   * @param left vectors that the caller is left at least
   */
  PowerOfTwo(SimdBuilder s, int width, int left) {
    this.s = s;
    constants = s.constants(CONSTANTS);
    exponents = vectors(width);
    results = vectors(width);
    while (held.size() < CONSTANTS.length && s.freeVectors() > left) {
      Vec constant = s.vector();
      s.broadcast(constant, constants, 4 * held.size());
      held.add(constant);
    }
  }

  private Vec[] vectors(int count) {
    Vec[] vectors = new Vec[count];
    for (int i = 0; i < count; i++) {
      vectors[i] = s.vector();
    }
    return vectors;
  }

  /** {@code x = 2^x} for at most as many vectors as are computed side by side. */
  void apply(Vec... x) {
    for (int i = 0; i < x.length; i++) {
      get(exponents[i], SMALLEST);
      s.maximum(x[i], exponents[i], x[i]);
    }
    for (int i = 0; i < x.length; i++) {
      s.floatToInt(exponents[i], x[i]);
    }
    for (int i = 0; i < x.length; i++) {
      s.intToFloat(results[i], exponents[i]);
    }
    for (int i = 0; i < x.length; i++) {
      s.subtract(x[i], x[i], results[i]);
      get(results[i], POLYNOMIAL);
    }
    for (int power = POLYNOMIAL + 1; power < CONSTANTS.length; power++) {
      for (int i = 0; i < x.length; i++) {
        hornerStep(results[i], x[i], power);
      }
    }
    for (int i = 0; i < x.length; i++) {
      s.shiftLeft32(exponents[i], exponents[i], 23);
      s.addInt(x[i], results[i], exponents[i]);
    }
  }

  private void get(Vec destination, int constant) {
    if (constant < held.size()) {
      s.copy(destination, held.get(constant));
    } else {
      s.broadcast(destination, constants, 4 * constant);
    }
  }

  private void hornerStep(Vec accumulator, Vec x, int constant) {
    if (constant < held.size()) {
      s.hornerStep(accumulator, x, held.get(constant));
    } else {
      s.hornerStep(accumulator, x, constants, 4 * constant);
    }
  }

  /** Gives back what the constructor took. */
  void release() {
    s.release(exponents);
    s.release(results);
    held.forEach(s::release);
    s.release(constants);
  }
}
