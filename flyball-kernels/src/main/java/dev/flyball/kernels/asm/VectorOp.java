package dev.flyball.kernels.asm;

/**
 * The vector instructions that the kernels use, with what their encodings need. Source: Intel 64
 * and IA-32 Architectures Software Developer's Manual, volume 2.
 */
public enum VectorOp {
  VADDPS(1, 0, 0x58, Form.THREE, Tuple.FULL, "vaddps"),
  VSUBPS(1, 0, 0x5C, Form.THREE, Tuple.FULL, "vsubps"),
  VMULPS(1, 0, 0x59, Form.THREE, Tuple.FULL, "vmulps"),
  VDIVPS(1, 0, 0x5E, Form.THREE, Tuple.FULL, "vdivps"),
  VMAXPS(1, 0, 0x5F, Form.THREE, Tuple.FULL, "vmaxps"),
  VMINPS(1, 0, 0x5D, Form.THREE, Tuple.FULL, "vminps"),
  VXORPS(1, 0, 0x57, Form.THREE, Tuple.FULL, "vxorps"),
  VANDPS(1, 0, 0x54, Form.THREE, Tuple.FULL, "vandps"),
  VSQRTPS(1, 0, 0x51, Form.TWO, Tuple.FULL, "vsqrtps"),
  VFMADD231PS(2, 1, 0xB8, Form.THREE, Tuple.FULL, "vfmadd231ps"),
  VFNMADD231PS(2, 1, 0xBC, Form.THREE, Tuple.FULL, "vfnmadd231ps"),
  VFMADD213PS(2, 1, 0xA8, Form.THREE, Tuple.FULL, "vfmadd213ps"),
  VCVTDQ2PS(1, 0, 0x5B, Form.TWO, Tuple.FULL, "vcvtdq2ps"),
  VCVTPS2DQ(1, 1, 0x5B, Form.TWO, Tuple.FULL, "vcvtps2dq"),
  VCVTPH2PS(2, 1, 0x13, Form.TWO_NARROW, Tuple.HALF, "vcvtph2ps"),
  VBROADCASTSS(2, 1, 0x18, Form.TWO_NARROW, Tuple.SCALAR, "vbroadcastss"),
  VPBROADCASTD(2, 1, 0x58, Form.TWO_NARROW, Tuple.SCALAR, "vpbroadcastd"),
  VMOVUPS(1, 0, 0x10, Form.TWO, Tuple.FULL_MEMORY, "vmovups"),
  VPADDD(1, 1, 0xFE, Form.THREE, Tuple.FULL, "vpaddd"),
  VPSUBD(1, 1, 0xFA, Form.THREE, Tuple.FULL, "vpsubd"),
  VPMULLD(2, 1, 0x40, Form.THREE, Tuple.FULL, "vpmulld"),
  VPSUBB(1, 1, 0xF8, Form.THREE, Tuple.FULL_MEMORY, "vpsubb"),
  VPADDB(1, 1, 0xFC, Form.THREE, Tuple.FULL_MEMORY, "vpaddb"),
  VPAND(1, 1, 0xDB, Form.THREE, Tuple.FULL, "vpand", "vpandd"),
  VPOR(1, 1, 0xEB, Form.THREE, Tuple.FULL, "vpor", "vpord"),
  VPXOR(1, 1, 0xEF, Form.THREE, Tuple.FULL, "vpxor", "vpxord"),
  VPSHUFB(2, 1, 0x00, Form.THREE, Tuple.FULL_MEMORY, "vpshufb"),
  VPMADDUBSW(2, 1, 0x04, Form.THREE, Tuple.FULL_MEMORY, "vpmaddubsw"),
  VPMADDWD(1, 1, 0xF5, Form.THREE, Tuple.FULL_MEMORY, "vpmaddwd"),
  VPDPBUSD(2, 1, 0x50, Form.THREE, Tuple.FULL, "vpdpbusd"),
  VPABSB(2, 1, 0x1C, Form.TWO, Tuple.FULL_MEMORY, "vpabsb"),
  VPSIGNB(2, 1, 0x08, Form.THREE, Tuple.FULL_MEMORY, "vpsignb"),
  VPMOVZXBD(2, 1, 0x31, Form.TWO_NARROW, Tuple.QUARTER, "vpmovzxbd"),
  VPMOVSXBD(2, 1, 0x21, Form.TWO_NARROW, Tuple.QUARTER, "vpmovsxbd"),
  VPMOVZXWD(2, 1, 0x33, Form.TWO_NARROW, Tuple.HALF, "vpmovzxwd"),
  VCVTPS2PH(3, 1, 0x1D, Form.STORE_IMMEDIATE, Tuple.HALF, "vcvtps2ph"),
  VSHUFF32X4(3, 1, 0x23, Form.THREE_IMMEDIATE, Tuple.FULL, "vshuff32x4"),
  VPTERNLOGD(3, 1, 0x25, Form.THREE_IMMEDIATE, Tuple.FULL, "vpternlogd"),
  VPERM2F128(3, 1, 0x06, Form.THREE_IMMEDIATE, Tuple.FULL_MEMORY, "vperm2f128"),
  VPERMILPS(3, 1, 0x04, Form.TWO_IMMEDIATE, Tuple.FULL, "vpermilps"),
  VPSRLW(1, 1, 0x71, Form.SHIFT, 2, Tuple.FULL_MEMORY, "vpsrlw"),
  VPSRLD(1, 1, 0x72, Form.SHIFT, 2, Tuple.FULL, "vpsrld"),
  VPSLLD(1, 1, 0x72, Form.SHIFT, 6, Tuple.FULL, "vpslld"),
  VPSRAD(1, 1, 0x72, Form.SHIFT, 4, Tuple.FULL, "vpsrad"),
  VPSLLW(1, 1, 0x71, Form.SHIFT, 6, Tuple.FULL_MEMORY, "vpsllw"),
  VPMAXSD(2, 1, 0x3D, Form.THREE, Tuple.FULL, "vpmaxsd"),
  VPACKSSDW(1, 1, 0x6B, Form.THREE, Tuple.FULL, "vpackssdw"),
  VPACKSSWB(1, 1, 0x63, Form.THREE, Tuple.FULL_MEMORY, "vpacksswb"),
  VPERMD(2, 1, 0x36, Form.THREE, Tuple.FULL, "vpermd"),
  VUNPCKLPS(1, 0, 0x14, Form.THREE, Tuple.FULL, "vunpcklps"),
  VUNPCKHPS(1, 0, 0x15, Form.THREE, Tuple.FULL, "vunpckhps"),
  VSHUFPS(1, 0, 0xC6, Form.THREE_IMMEDIATE, Tuple.FULL, "vshufps"),
  VINSERTI128(3, 1, 0x38, Form.THREE_IMMEDIATE, Tuple.LANE, "vinserti128", "vinserti32x4"),
  VPMOVDB(2, 2, 0x31, Form.STORE, Tuple.QUARTER, "vpmovdb"),
  VPMOVDW(2, 2, 0x33, Form.STORE, Tuple.HALF, "vpmovdw"),
  VMOVLPS(1, 0, 0x13, Form.STORE, Tuple.HALF, "vmovlps"),
  VPMOVSDB(2, 2, 0x21, Form.STORE, Tuple.QUARTER, "vpmovsdb"),
  VMOVSS(1, 2, 0x11, Form.STORE, Tuple.SCALAR, "vmovss");

  /** How operands are laid out. */
  enum Form {
    /** {@code op destination, source1, source2}. */
    THREE,
    /** {@code op destination, source}. */
    TWO,
    /** {@code op destination, source}, where the source is shorter than the destination. */
    TWO_NARROW,
    /** {@code op memory, source}, where memory is shorter than the source. */
    STORE,
    /** {@code op memory, source, imm8}. */
    STORE_IMMEDIATE,
    /** {@code op destination, source1, source2, imm8}. */
    THREE_IMMEDIATE,
    /** {@code op destination, source, imm8}. */
    TWO_IMMEDIATE,
    /**
     * {@code op destination, source, imm8}: the destination is in vvvv, the reg field extends the
     * opcode.
     */
    SHIFT
  }

  /** The memory operand's size, by which EVEX scales an 8-bit displacement. */
  enum Tuple {
    /** The whole vector; one element where broadcast. */
    FULL,
    /** The whole vector; no broadcast. */
    FULL_MEMORY,
    HALF,
    QUARTER,
    /** 16 bytes. */
    LANE,
    SCALAR
  }

  final int map;
  final int prefix;
  final int opcode;
  final Form form;
  final int extension;
  final Tuple tuple;
  final String vexName;
  final String evexName;

  VectorOp(int map, int prefix, int opcode, Form form, Tuple tuple, String name) {
    this(map, prefix, opcode, form, 0, tuple, name, name);
  }

  VectorOp(
      int map, int prefix, int opcode, Form form, Tuple tuple, String vexName, String evexName) {
    this(map, prefix, opcode, form, 0, tuple, vexName, evexName);
  }

  VectorOp(int map, int prefix, int opcode, Form form, int extension, Tuple tuple, String name) {
    this(map, prefix, opcode, form, extension, tuple, name, name);
  }

  VectorOp(
      int map,
      int prefix,
      int opcode,
      Form form,
      int extension,
      Tuple tuple,
      String vexName,
      String evexName) {
    this.map = map;
    this.prefix = prefix;
    this.opcode = opcode;
    this.form = form;
    this.extension = extension;
    this.tuple = tuple;
    this.vexName = vexName;
    this.evexName = evexName;
  }

  /** Whether the instruction outlived AVX2. */
  boolean hasEvex() {
    return this != VPSIGNB && this != VPERM2F128;
  }

  /** Whether the instruction is older than AVX-512. */
  boolean hasVex() {
    return switch (this) {
      case VSHUFF32X4, VPTERNLOGD, VPMOVSDB, VPMOVDB, VPMOVDW -> false;
      default -> true;
    };
  }

  /** Bytes by which EVEX scales an 8-bit displacement of this instruction. */
  int displacementScale(VectorLength length, boolean broadcast) {
    return switch (tuple) {
      case FULL -> broadcast ? 4 : length.bytes();
      case FULL_MEMORY -> length.bytes();
      case HALF -> length.bytes() / 2;
      case QUARTER -> length.bytes() / 4;
      case LANE -> 16;
      case SCALAR -> 4;
    };
  }
}
