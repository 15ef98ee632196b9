package dev.flyball.kernels.asm;

/**
 * A 128-bit vector register of AArch64 by its number; the instruction says what it is divided into.
 *
 * @param code 0 to 31
 */
public record VReg(int code) {
  public VReg {
    if (code < 0 || code > 31) {
      throw new IllegalArgumentException("vector registers are numbered 0 to 31: " + code);
    }
  }
}
