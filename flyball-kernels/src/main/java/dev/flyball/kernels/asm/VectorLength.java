package dev.flyball.kernels.asm;

/** The length of an x86 vector instruction. */
public enum VectorLength {
  L128(0, 16),
  L256(1, 32),
  L512(2, 64);

  private final int code;
  private final int bytes;

  VectorLength(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  int code() {
    return code;
  }

  public int bytes() {
    return bytes;
  }
}
