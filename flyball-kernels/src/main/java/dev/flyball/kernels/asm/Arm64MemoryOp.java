package dev.flyball.kernels.asm;

/**
 * The loads, stores and prefetches of AArch64 that the kernels use: the instruction word of the
 * form with a scaled offset, without its operands. Source: Arm Architecture Reference Manual for
 * A-profile (DDI 0487), C6.2 and C7.2.
 */
public enum Arm64MemoryOp {
  LDR_X(0xF9400000, 8, "ldr", "ldur", "x"),
  LDR_S(0xBD400000, 4, "ldr", "ldur", "s"),
  LDR_D(0xFD400000, 8, "ldr", "ldur", "d"),
  LDR_Q(0x3DC00000, 16, "ldr", "ldur", "q"),
  STR_S(0xBD000000, 4, "str", "stur", "s"),
  STR_D(0xFD000000, 8, "str", "stur", "d"),
  STR_Q(0x3D800000, 16, "str", "stur", "q"),
  /** Into the first-level cache, to stay there. */
  PRFM(0xF9800000, 8, "prfm", "prfum", "");

  final int word;
  final int bytes;
  final String name;

  /** What the form with an unscaled offset is called. */
  final String unscaledName;

  /** Letter of the register that is moved; empty where none is. */
  final String register;

  Arm64MemoryOp(int word, int bytes, String name, String unscaledName, String register) {
    this.word = word;
    this.bytes = bytes;
    this.name = name;
    this.unscaledName = unscaledName;
    this.register = register;
  }

  /** Whether an offset is a multiple of the size that twelve bits can count. */
  boolean canScale(int offsetBytes) {
    return offsetBytes >= 0 && offsetBytes % bytes == 0 && offsetBytes / bytes < 1 << 12;
  }

  /** The word of the form with a signed nine-bit offset in bytes. */
  int unscaledWord() {
    return word & ~(1 << 24);
  }

  /** The word of the form whose offset is a register. */
  int indexedWord() {
    return unscaledWord() | 0x00206800;
  }
}
