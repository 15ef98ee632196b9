package dev.flyball.kernels.simd;

/**
 * Emits e to the power of x for every lane, to within two units in the last place: x = n ln 2 + r,
 * a polynomial for r and n added to the exponent. Arguments below -87.3 give the smallest normal
 * number, above 88 the largest power; not a number gives that.
 *
 * <p>Source of the coefficients: Cephes, {@code expf} (S. Moshier).
 */
public final class Exponential {
  private static final int SMALLEST = 0;
  private static final int LARGEST = 1;
  private static final int LOG2_E = 2;
  private static final int MINUS_LN2_HIGH = 3;
  private static final int MINUS_LN2_LOW = 4;
  private static final int POLYNOMIAL = 5;

  private static final float[] CONSTANTS = {
    -87.3f,
    88.0f,
    1.442695f,
    -0.6933594f,
    2.1219444e-4f,
    1.9875691e-4f,
    0.0013981999f,
    0.008333452f,
    0.041665796f,
    0.16666666f,
    0.5f,
    1.0f,
    1.0f
  };

  private final SimdBuilder s;
  private final Reg constants;
  private final Vec exponent;
  private final Vec result;

  /** Takes a register and two vectors. */
  public Exponential(SimdBuilder s) {
    this.s = s;
    constants = s.constants(CONSTANTS);
    exponent = s.vector();
    result = s.vector();
  }

  /** {@code x = exp(x)}. */
  public void apply(Vec x) {
    s.broadcast(exponent, constants, 4 * SMALLEST);
    s.maximum(x, exponent, x);
    s.broadcast(exponent, constants, 4 * LARGEST);
    s.minimum(x, exponent, x);
    s.multiplyBroadcast(exponent, x, constants, 4 * LOG2_E);
    s.floatToInt(exponent, exponent);
    s.intToFloat(result, exponent);
    s.fmaBroadcast(x, result, constants, 4 * MINUS_LN2_HIGH);
    s.fmaBroadcast(x, result, constants, 4 * MINUS_LN2_LOW);
    s.broadcast(result, constants, 4 * POLYNOMIAL);
    for (int i = POLYNOMIAL + 1; i < CONSTANTS.length; i++) {
      s.hornerStep(result, x, constants, 4 * i);
    }
    s.shiftLeft32(exponent, exponent, 23);
    s.addInt(x, result, exponent);
  }

  /** Gives back what the constructor took. */
  public void release() {
    s.release(exponent, result);
    s.release(constants);
  }
}
