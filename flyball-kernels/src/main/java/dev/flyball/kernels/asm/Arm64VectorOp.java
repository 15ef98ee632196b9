package dev.flyball.kernels.asm;

/**
 * The vector instructions of AArch64 that the kernels use: the instruction word without its
 * operands, and how it is written. Source: Arm Architecture Reference Manual for A-profile (DDI
 * 0487), C7.2.
 */
public enum Arm64VectorOp {
  FADD(0x4E20D400, Form.THREE, "fadd Vd.4s, Vn.4s, Vm.4s"),
  FSUB(0x4EA0D400, Form.THREE, "fsub Vd.4s, Vn.4s, Vm.4s"),
  FMUL(0x6E20DC00, Form.THREE, "fmul Vd.4s, Vn.4s, Vm.4s"),
  FDIV(0x6E20FC00, Form.THREE, "fdiv Vd.4s, Vn.4s, Vm.4s"),
  FMLA(0x4E20CC00, Form.THREE, "fmla Vd.4s, Vn.4s, Vm.4s"),
  FCMGT(0x6EA0E400, Form.THREE, "fcmgt Vd.4s, Vn.4s, Vm.4s"),
  SMAX(0x4EA06400, Form.THREE, "smax Vd.4s, Vn.4s, Vm.4s"),
  FADDP(0x6E20D400, Form.THREE, "faddp Vd.4s, Vn.4s, Vm.4s"),
  FMAXP(0x6E20F400, Form.THREE, "fmaxp Vd.4s, Vn.4s, Vm.4s"),
  ADD(0x4EA08400, Form.THREE, "add Vd.4s, Vn.4s, Vm.4s"),
  AND(0x4E201C00, Form.THREE, "and Vd.16b, Vn.16b, Vm.16b"),
  ORR(0x4EA01C00, Form.THREE, "orr Vd.16b, Vn.16b, Vm.16b"),
  EOR(0x6E201C00, Form.THREE, "eor Vd.16b, Vn.16b, Vm.16b"),
  /** Takes the bits of n where m has ones. */
  BIT(0x6EA01C00, Form.THREE, "bit Vd.16b, Vn.16b, Vm.16b"),
  /** Takes the bits of n where m has zeros. */
  BIF(0x6EE01C00, Form.THREE, "bif Vd.16b, Vn.16b, Vm.16b"),
  TBL(0x4E000000, Form.THREE, "tbl Vd.16b, {Vn.16b}, Vm.16b"),

  ZIP1_4S(0x4E803800, Form.THREE, "zip1 Vd.4s, Vn.4s, Vm.4s"),
  ZIP2_4S(0x4E807800, Form.THREE, "zip2 Vd.4s, Vn.4s, Vm.4s"),
  ZIP1_2D(0x4EC03800, Form.THREE, "zip1 Vd.2d, Vn.2d, Vm.2d"),
  ZIP2_2D(0x4EC07800, Form.THREE, "zip2 Vd.2d, Vn.2d, Vm.2d"),

  FMLA_ELEMENT(0x4F801000, Form.THREE, "fmla Vd.4s, Vn.4s, Vm.s[0]"),
  FMUL_ELEMENT(0x4F809000, Form.THREE, "fmul Vd.4s, Vn.4s, Vm.s[0]"),
  /** Needs FEAT_DotProd. */
  SDOT(0x4E809400, Form.THREE, "sdot Vd.4s, Vn.16b, Vm.16b"),
  /** Needs FEAT_DotProd. */
  SDOT_ELEMENT(0x4F80E000, Form.THREE, "sdot Vd.4s, Vn.16b, Vm.4b[0]"),
  /** Needs FEAT_I8MM. */
  SMMLA(0x4E80A400, Form.THREE, "smmla Vd.4s, Vn.16b, Vm.16b"),

  REV64(0x4EA00800, Form.TWO, "rev64 Vd.4s, Vn.4s"),
  FSQRT(0x6EA1F800, Form.TWO, "fsqrt Vd.4s, Vn.4s"),
  SCVTF(0x4E21D800, Form.TWO, "scvtf Vd.4s, Vn.4s"),
  FCVTNS(0x4E21A800, Form.TWO, "fcvtns Vd.4s, Vn.4s"),
  FCVTL(0x0E217800, Form.TWO, "fcvtl Vd.4s, Vn.4h"),
  FCVTN(0x0E216800, Form.TWO, "fcvtn Vd.4h, Vn.4s"),
  FMAXV(0x6E30F800, Form.TWO, "fmaxv Sd, Vn.4s"),
  SMAXV(0x4EB0A800, Form.TWO, "smaxv Sd, Vn.4s"),
  SQXTN_4H(0x0E614800, Form.TWO, "sqxtn Vd.4h, Vn.4s"),
  SQXTN2_8H(0x4E614800, Form.TWO, "sqxtn2 Vd.8h, Vn.4s"),
  SQXTN_8B(0x0E214800, Form.TWO, "sqxtn Vd.8b, Vn.8h"),
  SQXTN2_16B(0x4E214800, Form.TWO, "sqxtn2 Vd.16b, Vn.8h"),
  XTN_4H(0x0E612800, Form.TWO, "xtn Vd.4h, Vn.4s"),
  XTN_8B(0x0E212800, Form.TWO, "xtn Vd.8b, Vn.8h"),
  DUP_ELEMENT(0x4E040400, Form.TWO, "dup Vd.4s, Vn.s[0]"),
  SHLL(0x2E613800, Form.TWO, "shll Vd.4s, Vn.4h, #16"),
  SXTL_8B(0x0F08A400, Form.TWO, "sxtl Vd.8h, Vn.8b"),
  SXTL_4H(0x0F10A400, Form.TWO, "sxtl Vd.4s, Vn.4h"),
  UXTL_8B(0x2F08A400, Form.TWO, "uxtl Vd.8h, Vn.8b"),
  UXTL_4H(0x2F10A400, Form.TWO, "uxtl Vd.4s, Vn.4h"),

  SHL_4S(0x4F205400, Form.SHIFT_LEFT, "shl Vd.4s, Vn.4s, #count"),
  SHL_8H(0x4F105400, Form.SHIFT_LEFT, "shl Vd.8h, Vn.8h, #count"),
  USHR_4S(0x6F400400, Form.SHIFT_RIGHT, "ushr Vd.4s, Vn.4s, #count"),
  USHR_8H(0x6F200400, Form.SHIFT_RIGHT, "ushr Vd.8h, Vn.8h, #count");

  /** What operands an instruction has. */
  enum Form {
    /** Destination and two sources. */
    THREE,
    /** Destination and one source. */
    TWO,
    /** A source and a count that is added to the field of the word. */
    SHIFT_LEFT,
    /** A source and a count that is taken from the field of the word. */
    SHIFT_RIGHT
  }

  final int word;
  final Form form;

  /** As in the manual, operands written Vd, Vn, Vm and count. */
  final String text;

  Arm64VectorOp(int word, Form form, String text) {
    this.word = word;
    this.form = form;
    this.text = text;
  }
}
