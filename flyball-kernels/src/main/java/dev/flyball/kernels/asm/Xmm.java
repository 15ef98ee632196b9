package dev.flyball.kernels.asm;

/**
 * A vector register of x86-64 by its number; the instruction's length says whether it is read as
 * XMM, YMM or ZMM.
 *
 * @param code 0 to 31; 16 and above only in EVEX encodings
 */
public record Xmm(int code) implements Operand {
  public Xmm {
    if (code < 0 || code > 31) {
      throw new IllegalArgumentException("vector registers are numbered 0 to 31: " + code);
    }
  }
}
