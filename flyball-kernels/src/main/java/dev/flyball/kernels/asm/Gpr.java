package dev.flyball.kernels.asm;

/** The general registers of x86-64, with their numbers in encodings. */
public enum Gpr {
  RAX(0),
  RCX(1),
  RDX(2),
  RBX(3),
  RSP(4),
  RBP(5),
  RSI(6),
  RDI(7),
  R8(8),
  R9(9),
  R10(10),
  R11(11),
  R12(12),
  R13(13),
  R14(14),
  R15(15);

  private final int code;

  Gpr(int code) {
    this.code = code;
  }

  private static final Gpr[] BY_CODE = values();

  /** The register with this number. */
  public static Gpr of(int code) {
    return BY_CODE[code];
  }

  public int code() {
    return code;
  }
}
