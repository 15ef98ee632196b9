package dev.flyball.kernels.simd;

import static dev.flyball.kernels.asm.VectorOp.*;

import dev.flyball.kernels.asm.Gpr;
import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.asm.Memory;
import dev.flyball.kernels.asm.VectorLength;
import dev.flyball.kernels.asm.VectorOp;
import dev.flyball.kernels.asm.X86Assembler;
import dev.flyball.kernels.asm.X86Assembler.Condition;
import dev.flyball.kernels.asm.Xmm;
import java.util.List;
import java.util.stream.Stream;

/** The x86-64 back end: AVX-512 with VNNI in 512-bit vectors, or AVX2 in 256-bit vectors. */
final class X86Simd extends SimdBackEnd {
  /** Registers that a function of the System V ABI may not change. */
  private static final Gpr[] SAVED = {Gpr.RBX, Gpr.RBP, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15};

  // The truth table of a | b & c.
  private static final int FIRST_OR_BOTH_OTHERS = 0xF8;

  private static final Gpr PARAMETERS = Gpr.RDI;
  private static final List<Gpr> ARRAYS = List.of(Gpr.RSI, Gpr.RDX, Gpr.RCX);

  private final X86Assembler assembler;
  private final InstructionSet isa;
  private final VectorLength length;
  private final Xmm scratch;
  private final Xmm ones;
  private final X86Lanes lanes;

  X86Simd(InstructionSet isa, int arrays) {
    this.isa = isa;
    assembler = new X86Assembler(isa == InstructionSet.AVX512_VNNI);
    length = isa == InstructionSet.AVX512_VNNI ? VectorLength.L512 : VectorLength.L256;
    int registers = isa == InstructionSet.AVX512_VNNI ? 32 : 16;
    scratch = new Xmm(registers - 1);
    ones = new Xmm(registers - 2);
    lanes = new X86Lanes(assembler, length, scratch);
    int vectors = isa == InstructionSet.AVX2 ? registers - 2 : registers - 1;
    for (int i = 0; i < vectors; i++) {
      add(new Vec(i));
    }
    for (Gpr saved : SAVED) {
      assembler.push(saved);
    }
    for (Gpr gpr : Gpr.values()) {
      if (gpr != Gpr.RSP
          && gpr != PARAMETERS
          && gpr != Gpr.RAX
          && !ARRAYS.subList(0, arrays).contains(gpr)) {
        add(new Reg(gpr.code()));
      }
    }
    if (isa == InstructionSet.AVX2) {
      constant32(ones, 0x00010001);
    }
  }

  @Override
  public int lanes() {
    return length.bytes() / 4;
  }

  @Override
  public byte[] finish() {
    assembler.vzeroupper();
    for (int i = SAVED.length - 1; i >= 0; i--) {
      assembler.pop(SAVED[i]);
    }
    assembler.ret();
    putConstants(assembler::bind, assembler::data);
    return assembler.toByteArray();
  }

  @Override
  public Reg array(int index) {
    return new Reg(ARRAYS.get(index).code());
  }

  @Override
  void setAddress(Reg destination, Label place) {
    assembler.address(gpr(destination), place);
  }

  @Override
  public void reload(Reg destination, int index) {
    assembler.load(gpr(destination), Memory.at(PARAMETERS, 8 * index));
  }

  @Override
  public void set(Reg destination, long value) {
    assembler.mov(gpr(destination), value);
  }

  @Override
  public void copy(Reg destination, Reg source) {
    assembler.mov(gpr(destination), gpr(source));
  }

  @Override
  public void loadAddress(Reg destination, Reg base, int offsetBytes) {
    assembler.load(gpr(destination), at(base, offsetBytes));
  }

  @Override
  public void add(Reg destination, int bytes) {
    assembler.add(gpr(destination), bytes);
  }

  @Override
  public void add(Reg destination, Reg bytes) {
    assembler.add(gpr(destination), gpr(bytes));
  }

  @Override
  public void bind(Label label) {
    assembler.bind(label);
  }

  @Override
  public void decrementAndJumpIfNotZero(Reg counter, Label target) {
    assembler.sub(gpr(counter), 1);
    assembler.jump(Condition.NOT_EQUAL, target);
  }

  @Override
  public void load(Vec destination, Reg base, int offsetBytes) {
    assembler.vector(VMOVUPS, length, xmm(destination), at(base, offsetBytes));
  }

  @Override
  public void store(Reg base, int offsetBytes, Vec source) {
    assembler.store(length, at(base, offsetBytes), xmm(source));
  }

  @Override
  public void storeLane(Reg base, int offsetBytes, Vec source) {
    assembler.store(VMOVSS, VectorLength.L128, at(base, offsetBytes), xmm(source));
  }

  @Override
  public void storeSignedBytes(Reg base, int offsetBytes, Vec... ints) {
    if (isa == InstructionSet.AVX512_VNNI) {
      for (int i = 0; i < ints.length; i++) {
        assembler.store(VPMOVSDB, length, at(base, offsetBytes + 16 * i), xmm(ints[i]));
      }
      return;
    }
    three(VPACKSSDW, ints[0], ints[0], ints[1]);
    three(VPACKSSDW, ints[2], ints[2], ints[3]);
    three(VPACKSSWB, ints[0], ints[0], ints[2]);
    // Packing works on each half of a vector for itself: its result has the quads in this order.
    constantBytes(scratch, 0x0703060205010400L);
    assembler.vector(VPERMD, length, scratch, scratch, xmm(ints[0]));
    assembler.store(length, at(base, offsetBytes), scratch);
  }

  @Override
  public void storeHalf(Reg base, int offsetBytes, Vec source) {
    assembler.storeHalf(length, at(base, offsetBytes), xmm(source));
  }

  @Override
  public void broadcast(Vec destination, Reg base, int offsetBytes) {
    assembler.vector(VBROADCASTSS, length, xmm(destination), at(base, offsetBytes));
  }

  @Override
  public void loadHalf(Vec destination, Reg base, int offsetBytes) {
    assembler.vector(VCVTPH2PS, length, xmm(destination), at(base, offsetBytes));
  }

  @Override
  public void loadUnsignedBytes(Vec destination, Reg base, int offsetBytes) {
    assembler.vector(VPMOVZXBD, length, xmm(destination), at(base, offsetBytes));
  }

  @Override
  public void loadSignedBytes(Vec destination, Reg base, int offsetBytes) {
    assembler.vector(VPMOVSXBD, length, xmm(destination), at(base, offsetBytes));
  }

  @Override
  public void loadBrainFloats(Vec destination, Reg base, int offsetBytes) {
    assembler.vector(VPMOVZXWD, length, xmm(destination), at(base, offsetBytes));
    assembler.shift(VPSLLD, length, xmm(destination), xmm(destination), 16);
  }

  @Override
  public void loadRows(Vec[] quads, Reg row, Reg rowBytes, int offsetBytes) {
    assembler.mov(Gpr.RAX, gpr(row));
    for (int r = 0; r < lanes(); r++) {
      Xmm quad = xmm(quads[r % 4]);
      Memory bytes = Memory.at(Gpr.RAX, offsetBytes);
      if (r < 4) {
        assembler.vector(VMOVUPS, VectorLength.L128, quad, bytes);
      } else {
        assembler.vector(VINSERTI128, length, quad, quad, bytes, r / 4);
      }
      assembler.add(Gpr.RAX, gpr(rowBytes));
    }
    lanes.transpose(xmm(quads[0]), xmm(quads[1]), xmm(quads[2]), xmm(quads[3]));
  }

  @Override
  public void storeLowHalves(Reg base, int offsetBytes, Vec source) {
    if (isa == InstructionSet.AVX512_VNNI) {
      assembler.store(VPMOVDW, length, at(base, offsetBytes), xmm(source));
    } else {
      lanes.packSigned(xmm(source), 16);
      assembler.store(VectorLength.L128, at(base, offsetBytes), xmm(source));
    }
  }

  @Override
  public void storeLowBytes(Reg base, int offsetBytes, Vec source) {
    if (isa == InstructionSet.AVX512_VNNI) {
      assembler.store(VPMOVDB, length, at(base, offsetBytes), xmm(source));
    } else {
      lanes.packSigned(xmm(source), 24);
      three(VPACKSSWB, source, source, source);
      assembler.store(VMOVLPS, VectorLength.L128, at(base, offsetBytes), xmm(source));
    }
  }

  @Override
  public void prefetch(Reg base, int offsetBytes) {
    assembler.prefetch(at(base, offsetBytes));
  }

  @Override
  public void zero(Vec destination) {
    three(VPXOR, destination, destination, destination);
  }

  @Override
  public void copy(Vec destination, Vec source) {
    assembler.vector(VMOVUPS, length, xmm(destination), xmm(source));
  }

  @Override
  public void addFloat(Vec destination, Vec a, Vec b) {
    three(VADDPS, destination, a, b);
  }

  @Override
  public void subtract(Vec destination, Vec a, Vec b) {
    three(VSUBPS, destination, a, b);
  }

  @Override
  public void divide(Vec destination, Vec a, Vec b) {
    three(VDIVPS, destination, a, b);
  }

  @Override
  public void squareRoot(Vec destination, Vec source) {
    assembler.vector(VSQRTPS, length, xmm(destination), xmm(source));
  }

  @Override
  public void maximum(Vec destination, Vec a, Vec b) {
    three(VMAXPS, destination, a, b);
  }

  @Override
  public void minimum(Vec destination, Vec a, Vec b) {
    three(VMINPS, destination, a, b);
  }

  @Override
  public void constantFloat(Vec destination, float value) {
    constant32(xmm(destination), Float.floatToRawIntBits(value));
  }

  @Override
  public void sumLanes(Vec vector, Vec scratch) {
    lanes.fold(VADDPS, xmm(vector), xmm(scratch));
  }

  @Override
  public void largestLane(Vec vector, Vec scratch) {
    lanes.fold(VMAXPS, xmm(vector), xmm(scratch));
  }

  @Override
  public void largestIntLane(Vec vector, Vec scratch) {
    lanes.fold(VPMAXSD, xmm(vector), xmm(scratch));
  }

  @Override
  public void largestLanes(Vec... vectors) {
    lanes.foldEach(VMAXPS, Stream.of(vectors).map(X86Simd::xmm).toArray(Xmm[]::new));
  }

  @Override
  public void swapNeighbours(Vec destination, Vec source) {
    lanes.swapNeighbours(xmm(destination), xmm(source));
  }

  @Override
  public void multiply(Vec destination, Vec a, Vec b) {
    three(VMULPS, destination, a, b);
  }

  @Override
  public void multiplyBroadcast(Vec destination, Vec a, Reg base, int offsetBytes) {
    withBroadcast(VMULPS, destination, a, base, offsetBytes);
  }

  @Override
  public void fma(Vec accumulator, Vec a, Vec b) {
    three(VFMADD231PS, accumulator, a, b);
  }

  @Override
  public void hornerStep(Vec accumulator, Vec x, Reg base, int offsetBytes) {
    withBroadcast(VFMADD213PS, accumulator, x, base, offsetBytes);
  }

  @Override
  public void hornerStep(Vec accumulator, Vec x, Vec b) {
    three(VFMADD213PS, accumulator, x, b);
  }

  @Override
  public void fmaBroadcast(Vec accumulator, Vec a, Reg base, int offsetBytes) {
    withBroadcast(VFMADD231PS, accumulator, a, base, offsetBytes);
  }

  @Override
  public void intToFloat(Vec destination, Vec source) {
    assembler.vector(VCVTDQ2PS, length, xmm(destination), xmm(source));
  }

  @Override
  public void floatToInt(Vec destination, Vec source) {
    assembler.vector(VCVTPS2DQ, length, xmm(destination), xmm(source));
  }

  @Override
  public void addInt(Vec destination, Vec a, Vec b) {
    three(VPADDD, destination, a, b);
  }

  @Override
  public void maximumInt(Vec destination, Vec a, Vec b) {
    three(VPMAXSD, destination, a, b);
  }

  @Override
  public void and(Vec destination, Vec a, Vec b) {
    three(VPAND, destination, a, b);
  }

  @Override
  public void or(Vec destination, Vec a, Vec b) {
    three(VPOR, destination, a, b);
  }

  @Override
  public void orMasked(Vec destination, Vec a, Vec mask) {
    if (isa == InstructionSet.AVX512_VNNI) {
      assembler.vector(
          VPTERNLOGD, length, xmm(destination), xmm(a), xmm(mask), FIRST_OR_BOTH_OTHERS);
    } else {
      assembler.vector(VPAND, length, scratch, xmm(a), xmm(mask));
      assembler.vector(VPOR, length, xmm(destination), xmm(destination), scratch);
    }
  }

  @Override
  public void xor(Vec destination, Vec a, Vec b) {
    three(VPXOR, destination, a, b);
  }

  @Override
  public void shiftRight32(Vec destination, Vec source, int count) {
    assembler.shift(VPSRLD, length, xmm(destination), xmm(source), count);
  }

  @Override
  public void shiftLeft32(Vec destination, Vec source, int count) {
    assembler.shift(VPSLLD, length, xmm(destination), xmm(source), count);
  }

  @Override
  public void lookup(Vec destination, Vec table, Vec codes) {
    three(VPSHUFB, destination, table, codes);
  }

  @Override
  public void shiftRight16(Vec destination, Vec source, int count) {
    assembler.shift(VPSRLW, length, xmm(destination), xmm(source), count);
  }

  @Override
  public void shiftLeft16(Vec destination, Vec source, int count) {
    assembler.shift(VPSLLW, length, xmm(destination), xmm(source), count);
  }

  @Override
  public void constantInt(Vec destination, int value) {
    constant32(xmm(destination), value);
  }

  @Override
  public void constantByte(Vec destination, int value) {
    constant32(xmm(destination), (value & 0xff) * 0x01010101);
  }

  @Override
  public void dotBroadcast(Vec accumulator, Vec bytes, Reg base, int offsetBytes) {
    if (isa == InstructionSet.AVX512_VNNI) {
      Memory signed = at(base, offsetBytes).broadcasted();
      assembler.vector(VPDPBUSD, length, xmm(accumulator), xmm(bytes), signed);
    } else {
      assembler.vector(VPBROADCASTD, length, scratch, at(base, offsetBytes));
      dot(accumulator, bytes, scratch);
    }
  }

  @Override
  public void dot(Vec accumulator, Vec bytes, Vec signedBytes) {
    dot(accumulator, bytes, xmm(signedBytes));
  }

  @Override
  public int signedBias() {
    return isa == InstructionSet.AVX2 ? 0 : 128;
  }

  @Override
  public void magnitudes(Vec destination, Vec signedBytes) {
    assembler.vector(VPABSB, length, xmm(destination), xmm(signedBytes));
  }

  @Override
  public void dotSignedBroadcast(
      Vec accumulator, Vec signedBytes, Vec magnitudes, Reg base, int offsetBytes) {
    assembler.vector(VPBROADCASTD, length, scratch, at(base, offsetBytes));
    assembler.vector(VPSIGNB, length, scratch, scratch, xmm(signedBytes));
    dot(accumulator, magnitudes, scratch);
  }

  private void dot(Vec accumulator, Vec bytes, Xmm signedBytes) {
    if (isa == InstructionSet.AVX2) {
      // No sum of two 16-bit products saturates: 2 * 127 * 127 < 32768.
      assembler.vector(VPMADDUBSW, length, scratch, xmm(bytes), signedBytes);
      assembler.vector(VPMADDWD, length, scratch, scratch, ones);
      assembler.vector(VPADDD, length, xmm(accumulator), xmm(accumulator), scratch);
    } else {
      assembler.vector(VPDPBUSD, length, xmm(accumulator), xmm(bytes), signedBytes);
    }
  }

  private void three(VectorOp op, Vec destination, Vec a, Vec b) {
    assembler.vector(op, length, xmm(destination), xmm(a), xmm(b));
  }

  private void withBroadcast(VectorOp op, Vec destination, Vec a, Reg base, int offsetBytes) {
    if (isa == InstructionSet.AVX512_VNNI) {
      assembler.vector(op, length, xmm(destination), xmm(a), at(base, offsetBytes).broadcasted());
    } else {
      assembler.vector(VBROADCASTSS, length, scratch, at(base, offsetBytes));
      assembler.vector(op, length, xmm(destination), xmm(a), scratch);
    }
  }

  /** A 32-bit pattern over the whole vector, by way of the stack. */
  private void constant32(Xmm destination, int value) {
    assembler.mov(Gpr.RAX, value);
    assembler.push(Gpr.RAX);
    assembler.vector(VPBROADCASTD, length, destination, Memory.at(Gpr.RSP, 0));
    assembler.pop(Gpr.RAX);
  }

  /** Eight bytes as eight ints, by way of the stack. */
  private void constantBytes(Xmm destination, long bytes) {
    assembler.mov(Gpr.RAX, bytes);
    assembler.push(Gpr.RAX);
    assembler.vector(VPMOVZXBD, VectorLength.L256, destination, Memory.at(Gpr.RSP, 0));
    assembler.pop(Gpr.RAX);
  }

  private static Memory at(Reg base, int offsetBytes) {
    return Memory.at(gpr(base), offsetBytes);
  }

  private static Gpr gpr(Reg register) {
    return Gpr.of(register.code());
  }

  private static Xmm xmm(Vec vector) {
    return new Xmm(vector.code());
  }
}
