package dev.flyball.kernels.simd;

import static dev.flyball.kernels.asm.Arm64MemoryOp.*;
import static dev.flyball.kernels.asm.Arm64VectorOp.*;

import dev.flyball.kernels.asm.Arm64Assembler;
import dev.flyball.kernels.asm.Arm64MemoryOp;
import dev.flyball.kernels.asm.Arm64VectorOp;
import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.asm.VReg;
import dev.flyball.kernels.asm.XReg;
import java.util.Optional;

/**
 * The AArch64 back end: NEON in 128-bit vectors, with the 8-bit dot products of FEAT_DotProd and,
 * where the level has them, the products of matrices of FEAT_I8MM.
 *
 * <p>Source of the register conventions: Procedure Call Standard for the Arm 64-bit Architecture
 * (AAPCS64).
 */
final class Arm64Simd extends SimdBackEnd {
  private static final int BYTES = 16;

  private static final XReg PARAMETERS = new XReg(0);
  private static final int FIRST_ARRAY = 1;

  /** The last register that a function may change freely but for the two below. */
  private static final int LAST_FREE = 15;

  /** For addresses and constants while an operation is composed. */
  private static final XReg SCRATCH = new XReg(16);

  private static final VReg VECTOR_SCRATCH = new VReg(31);

  // The vectors whose lower halves a function may not change.
  private static final int FIRST_SAVED = 8;
  private static final int LAST_SAVED = 15;
  private static final int SAVED_BYTES = 8 * (LAST_SAVED - FIRST_SAVED + 1);

  private final Arm64Assembler assembler = new Arm64Assembler();

  private final Optional<MatrixOperations> matrices;

  /**
   * @param matrices whether there is FEAT_I8MM
   */
  Arm64Simd(boolean matrices, int arrays) {
    this.matrices = matrices ? Optional.of(new Arm64Matrices(this)) : Optional.empty();
    for (int i = 0; i < VECTOR_SCRATCH.code(); i++) {
      add(new Vec(i));
    }
    for (int i = FIRST_ARRAY + arrays; i <= LAST_FREE; i++) {
      add(new Reg(i));
    }
    assembler.add(XReg.SP, XReg.SP, -SAVED_BYTES);
    for (int i = FIRST_SAVED; i < LAST_SAVED; i += 2) {
      assembler.storePair(new VReg(i), new VReg(i + 1), XReg.SP, 8 * (i - FIRST_SAVED));
    }
  }

  @Override
  public int lanes() {
    return BYTES / 4;
  }

  @Override
  public byte[] finish() {
    for (int i = FIRST_SAVED; i < LAST_SAVED; i += 2) {
      assembler.loadPair(new VReg(i), new VReg(i + 1), XReg.SP, 8 * (i - FIRST_SAVED));
    }
    assembler.add(XReg.SP, XReg.SP, SAVED_BYTES);
    assembler.ret();
    putConstants(assembler::bind, assembler::data);
    return assembler.toByteArray();
  }

  @Override
  public Reg array(int index) {
    return new Reg(FIRST_ARRAY + index);
  }

  @Override
  void setAddress(Reg destination, Label place) {
    assembler.address(x(destination), place);
  }

  @Override
  public void reload(Reg destination, int index) {
    memory(LDR_X, destination.code(), PARAMETERS, 8 * index);
  }

  @Override
  public void set(Reg destination, long value) {
    assembler.mov(x(destination), value);
  }

  @Override
  public void copy(Reg destination, Reg source) {
    assembler.mov(x(destination), x(source));
  }

  @Override
  public void loadAddress(Reg destination, Reg base, int offsetBytes) {
    memory(LDR_X, destination.code(), x(base), offsetBytes);
  }

  @Override
  public void add(Reg destination, int bytes) {
    if (Math.abs((long) bytes) < 1 << 24) {
      assembler.add(x(destination), x(destination), bytes);
    } else {
      assembler.mov(SCRATCH, bytes);
      assembler.add(x(destination), x(destination), SCRATCH);
    }
  }

  @Override
  public void add(Reg destination, Reg bytes) {
    assembler.add(x(destination), x(destination), x(bytes));
  }

  @Override
  public void bind(Label label) {
    assembler.bind(label);
  }

  @Override
  public void decrementAndJumpIfNotZero(Reg counter, Label target) {
    assembler.add(x(counter), x(counter), -1);
    assembler.branchIfNotZero(x(counter), target);
  }

  @Override
  public void load(Vec destination, Reg base, int offsetBytes) {
    memory(LDR_Q, destination, base, offsetBytes);
  }

  @Override
  public void store(Reg base, int offsetBytes, Vec source) {
    memory(STR_Q, source, base, offsetBytes);
  }

  @Override
  public void storeLane(Reg base, int offsetBytes, Vec source) {
    memory(STR_S, source, base, offsetBytes);
  }

  @Override
  public void storeSignedBytes(Reg base, int offsetBytes, Vec... ints) {
    for (int i = 0; i < ints.length; i += 2) {
      assembler.vector(SQXTN_4H, v(ints[i]), v(ints[i]));
      assembler.vector(SQXTN2_8H, v(ints[i]), v(ints[i + 1]));
    }
    for (int i = 0; i < ints.length; i += 4) {
      assembler.vector(SQXTN_8B, v(ints[i]), v(ints[i]));
      assembler.vector(SQXTN2_16B, v(ints[i]), v(ints[i + 2]));
      store(base, offsetBytes + 4 * i, ints[i]);
    }
  }

  @Override
  public void storeHalf(Reg base, int offsetBytes, Vec source) {
    assembler.vector(FCVTN, VECTOR_SCRATCH, v(source));
    memory(STR_D, VECTOR_SCRATCH.code(), x(base), offsetBytes);
  }

  @Override
  public void broadcast(Vec destination, Reg base, int offsetBytes) {
    if (offsetBytes == 0) {
      assembler.loadReplicated(v(destination), x(base));
    } else {
      memory(LDR_S, destination, base, offsetBytes);
      two(DUP_ELEMENT, destination, destination);
    }
  }

  @Override
  public void loadHalf(Vec destination, Reg base, int offsetBytes) {
    memory(LDR_D, destination, base, offsetBytes);
    two(FCVTL, destination, destination);
  }

  @Override
  public void loadUnsignedBytes(Vec destination, Reg base, int offsetBytes) {
    memory(LDR_S, destination, base, offsetBytes);
    two(UXTL_8B, destination, destination);
    two(UXTL_4H, destination, destination);
  }

  @Override
  public void loadSignedBytes(Vec destination, Reg base, int offsetBytes) {
    memory(LDR_S, destination, base, offsetBytes);
    two(SXTL_8B, destination, destination);
    two(SXTL_4H, destination, destination);
  }

  @Override
  public void loadBrainFloats(Vec destination, Reg base, int offsetBytes) {
    memory(LDR_D, destination, base, offsetBytes);
    two(SHLL, destination, destination);
  }

  @Override
  public void loadRows(Vec[] quads, Reg row, Reg rowBytes, int offsetBytes) {
    Reg place = register();
    copy(place, row);
    for (Vec quad : quads) {
      load(quad, place, offsetBytes);
      add(place, rowBytes);
    }
    release(place);
    VReg a = v(quads[0]);
    VReg b = v(quads[1]);
    VReg c = v(quads[2]);
    VReg d = v(quads[3]);
    assembler.vector(ZIP1_4S, VECTOR_SCRATCH, a, b);
    assembler.vector(ZIP2_4S, b, a, b);
    assembler.vector(ZIP1_4S, a, c, d);
    assembler.vector(ZIP2_4S, d, c, d);
    assembler.vector(ZIP1_2D, c, b, d);
    assembler.vector(ZIP2_2D, d, b, d);
    assembler.vector(ZIP2_2D, b, VECTOR_SCRATCH, a);
    assembler.vector(ZIP1_2D, a, VECTOR_SCRATCH, a);
  }

  @Override
  public void storeLowHalves(Reg base, int offsetBytes, Vec source) {
    two(XTN_4H, source, source);
    memory(STR_D, source, base, offsetBytes);
  }

  @Override
  public void storeLowBytes(Reg base, int offsetBytes, Vec source) {
    two(XTN_4H, source, source);
    two(XTN_8B, source, source);
    memory(STR_S, source, base, offsetBytes);
  }

  @Override
  public void prefetch(Reg base, int offsetBytes) {
    memory(PRFM, 0, x(base), offsetBytes);
  }

  @Override
  public void zero(Vec destination) {
    constantByte(destination, 0);
  }

  @Override
  public void copy(Vec destination, Vec source) {
    three(ORR, destination, source, source);
  }

  @Override
  public void addFloat(Vec destination, Vec a, Vec b) {
    three(FADD, destination, a, b);
  }

  @Override
  public void subtract(Vec destination, Vec a, Vec b) {
    three(FSUB, destination, a, b);
  }

  @Override
  public void multiply(Vec destination, Vec a, Vec b) {
    three(FMUL, destination, a, b);
  }

  @Override
  public void divide(Vec destination, Vec a, Vec b) {
    three(FDIV, destination, a, b);
  }

  @Override
  public void squareRoot(Vec destination, Vec source) {
    two(FSQRT, destination, source);
  }

  @Override
  public void maximum(Vec destination, Vec a, Vec b) {
    assembler.vector(FCMGT, VECTOR_SCRATCH, v(a), v(b));
    selectByScratch(destination, a, b);
  }

  @Override
  public void minimum(Vec destination, Vec a, Vec b) {
    assembler.vector(FCMGT, VECTOR_SCRATCH, v(b), v(a));
    selectByScratch(destination, a, b);
  }

  /** Takes the lanes of {@code a} where the scratch vector is all ones, else those of b. */
  private void selectByScratch(Vec destination, Vec a, Vec b) {
    if (destination.equals(a)) {
      assembler.vector(BIF, v(a), v(b), VECTOR_SCRATCH);
      return;
    }
    if (!destination.equals(b)) {
      three(ORR, destination, b, b);
    }
    assembler.vector(BIT, v(destination), v(a), VECTOR_SCRATCH);
  }

  @Override
  public void constantFloat(Vec destination, float value) {
    constantInt(destination, Float.floatToRawIntBits(value));
  }

  @Override
  public void constantInt(Vec destination, int value) {
    assembler.mov(SCRATCH, value);
    assembler.replicate(v(destination), SCRATCH);
  }

  @Override
  public void sumLanes(Vec vector, Vec scratch) {
    three(FADDP, vector, vector, vector);
    three(FADDP, vector, vector, vector);
  }

  @Override
  public void largestLane(Vec vector, Vec scratch) {
    two(FMAXV, vector, vector);
    two(DUP_ELEMENT, vector, vector);
  }

  @Override
  public void largestIntLane(Vec vector, Vec scratch) {
    two(SMAXV, vector, vector);
    two(DUP_ELEMENT, vector, vector);
  }

  @Override
  public void largestLanes(Vec... vectors) {
    Vec second = vectors[Math.min(1, vectors.length - 1)];
    three(FMAXP, vectors[0], vectors[0], second);
    if (vectors.length > 2) {
      three(FMAXP, vectors[2], vectors[2], vectors[vectors.length - 1]);
    }
    three(FMAXP, vectors[0], vectors[0], vectors[Math.min(2, vectors.length - 1) / 2 * 2]);
  }

  @Override
  public void swapNeighbours(Vec destination, Vec source) {
    two(REV64, destination, source);
  }

  @Override
  public void multiplyBroadcast(Vec destination, Vec a, Reg base, int offsetBytes) {
    withElement(FMUL_ELEMENT, destination, a, base, offsetBytes);
  }

  @Override
  public void fma(Vec accumulator, Vec a, Vec b) {
    three(FMLA, accumulator, a, b);
  }

  @Override
  public void fmaBroadcast(Vec accumulator, Vec a, Reg base, int offsetBytes) {
    withElement(FMLA_ELEMENT, accumulator, a, base, offsetBytes);
  }

  @Override
  public void hornerStep(Vec accumulator, Vec x, Reg base, int offsetBytes) {
    memory(LDR_S, VECTOR_SCRATCH.code(), x(base), offsetBytes);
    assembler.vector(DUP_ELEMENT, VECTOR_SCRATCH, VECTOR_SCRATCH);
    assembler.vector(FMLA, VECTOR_SCRATCH, v(accumulator), v(x));
    assembler.vector(ORR, v(accumulator), VECTOR_SCRATCH, VECTOR_SCRATCH);
  }

  @Override
  public void hornerStep(Vec accumulator, Vec x, Vec b) {
    assembler.vector(ORR, VECTOR_SCRATCH, v(b), v(b));
    assembler.vector(FMLA, VECTOR_SCRATCH, v(accumulator), v(x));
    assembler.vector(ORR, v(accumulator), VECTOR_SCRATCH, VECTOR_SCRATCH);
  }

  @Override
  public void intToFloat(Vec destination, Vec source) {
    two(SCVTF, destination, source);
  }

  @Override
  public void floatToInt(Vec destination, Vec source) {
    two(FCVTNS, destination, source);
  }

  @Override
  public void addInt(Vec destination, Vec a, Vec b) {
    three(ADD, destination, a, b);
  }

  @Override
  public void maximumInt(Vec destination, Vec a, Vec b) {
    three(SMAX, destination, a, b);
  }

  @Override
  public void and(Vec destination, Vec a, Vec b) {
    three(AND, destination, a, b);
  }

  @Override
  public void or(Vec destination, Vec a, Vec b) {
    three(ORR, destination, a, b);
  }

  @Override
  public void orMasked(Vec destination, Vec a, Vec mask) {
    assembler.vector(AND, VECTOR_SCRATCH, v(a), v(mask));
    assembler.vector(ORR, v(destination), v(destination), VECTOR_SCRATCH);
  }

  @Override
  public void xor(Vec destination, Vec a, Vec b) {
    three(EOR, destination, a, b);
  }

  @Override
  public void shiftLeft32(Vec destination, Vec source, int count) {
    assembler.shift(SHL_4S, v(destination), v(source), count);
  }

  @Override
  public void shiftRight32(Vec destination, Vec source, int count) {
    assembler.shift(USHR_4S, v(destination), v(source), count);
  }

  @Override
  public void shiftRight16(Vec destination, Vec source, int count) {
    assembler.shift(USHR_8H, v(destination), v(source), count);
  }

  @Override
  public void shiftLeft16(Vec destination, Vec source, int count) {
    assembler.shift(SHL_8H, v(destination), v(source), count);
  }

  @Override
  public void lookup(Vec destination, Vec table, Vec codes) {
    three(TBL, destination, table, codes);
  }

  @Override
  public void constantByte(Vec destination, int value) {
    assembler.replicate(v(destination), value);
  }

  @Override
  public void dotBroadcast(Vec accumulator, Vec bytes, Reg base, int offsetBytes) {
    withElement(SDOT_ELEMENT, accumulator, bytes, base, offsetBytes);
  }

  @Override
  public void dot(Vec accumulator, Vec bytes, Vec signedBytes) {
    three(SDOT, accumulator, bytes, signedBytes);
  }

  @Override
  public int signedBias() {
    return 0;
  }

  /** Nothing: the dot products take signed bytes as they are. */
  @Override
  public void magnitudes(Vec destination, Vec signedBytes) {}

  @Override
  public void dotSignedBroadcast(
      Vec accumulator, Vec signedBytes, Vec magnitudes, Reg base, int offsetBytes) {
    dotBroadcast(accumulator, signedBytes, base, offsetBytes);
  }

  @Override
  public Optional<MatrixOperations> matrixOperations() {
    return matrices;
  }

  void two(Arm64VectorOp op, Vec destination, Vec source) {
    assembler.vector(op, v(destination), v(source));
  }

  void memory(Arm64MemoryOp op, Vec vector, Reg base, int offsetBytes) {
    memory(op, vector.code(), x(base), offsetBytes);
  }

  void three(Arm64VectorOp op, Vec destination, Vec a, Vec b) {
    assembler.vector(op, v(destination), v(a), v(b));
  }

  /** An operation whose last source is one element from memory for all lanes. */
  private void withElement(Arm64VectorOp op, Vec destination, Vec a, Reg base, int offsetBytes) {
    memory(LDR_S, VECTOR_SCRATCH.code(), x(base), offsetBytes);
    assembler.vector(op, v(destination), v(a), VECTOR_SCRATCH);
  }

  private void memory(Arm64MemoryOp op, int register, XReg base, int offsetBytes) {
    if (!assembler.memory(op, register, base, offsetBytes)) {
      assembler.mov(SCRATCH, offsetBytes);
      assembler.memory(op, register, base, SCRATCH);
    }
  }

  private static XReg x(Reg register) {
    return new XReg(register.code());
  }

  private static VReg v(Vec vector) {
    return new VReg(vector.code());
  }
}
