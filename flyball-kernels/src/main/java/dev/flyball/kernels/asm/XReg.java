package dev.flyball.kernels.asm;

/**
 * A 64-bit general register of AArch64 by its number.
 *
 * @param code 0 to 31; 31 is the stack pointer or zero, whichever the instruction takes
 */
public record XReg(int code) {
  /** The stack pointer, in additions, subtractions and as the base of an address. */
  public static final XReg SP = new XReg(31);

  public XReg {
    if (code < 0 || code > 31) {
      throw new IllegalArgumentException("general registers are numbered 0 to 31: " + code);
    }
  }
}
