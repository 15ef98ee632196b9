package dev.flyball.kernels.matmul;

import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Emits what lies between the products of fine tokens' first places and those of the second ones,
 * which one integer sum takes both of: {@link QuantizedLayout} says what the places hold.
 */
final class SecondPlaces {
  private SecondPlaces() {}

  /**
   * Brings integer sums into units of the second places, and adds these places' corrections where
   * the layout has any.
   *
   * @param dots by panel and token
   * @param correctionsOffset of the first token's second place, from {@code activations}
   * @param scratch overwritten
   */
  static void begin(
      SimdBuilder s,
      QuantizedLayout layout,
      Vec[][] dots,
      Reg activations,
      int correctionsOffset,
      Vec scratch) {
    for (int t = 0; t < dots[0].length; t++) {
      if (layout.offset() != 0) {
        s.broadcast(scratch, activations, correctionsOffset + 4 * t);
      }
      for (Vec[] ofPanel : dots) {
        s.shiftLeft32(ofPanel[t], ofPanel[t], QuantizedLayout.REST_BITS);
        if (layout.offset() != 0) {
          s.addInt(ofPanel[t], ofPanel[t], scratch);
        }
      }
    }
  }
}
