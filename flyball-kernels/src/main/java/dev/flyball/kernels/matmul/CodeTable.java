package dev.flyball.kernels.matmul;

import java.util.ArrayList;
import java.util.List;

/**
 * What the sixteen codes of a four-bit type stand for.
 *
 * @param values 16 values, as signed bytes, or unsigned ones of at most 127
 * @param signed whether any value is negative
 */
record CodeTable(List<Byte> values, boolean signed) {
  /** The non-linear steps of IQ4_NL and IQ4_XS. Source: ggml's kvalues_iq4nl. */
  static final CodeTable IQ4 =
      of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

  /** What is added to twice the E2M1 values of MXFP4 to make them unsigned. */
  static final int MXFP4_OFFSET = 12;

  /** Twice the E2M1 values, plus 12. Source: OCP Microscaling Formats (MX) 1.0. */
  static final CodeTable MXFP4 = of(12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0);

  private static CodeTable of(int... values) {
    List<Byte> bytes = new ArrayList<>();
    boolean signed = false;
    for (int value : values) {
      bytes.add((byte) value);
      signed |= value < 0;
    }
    return new CodeTable(List.copyOf(bytes), signed);
  }
}
