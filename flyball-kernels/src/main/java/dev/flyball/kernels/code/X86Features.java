package dev.flyball.kernels.code;

import dev.flyball.kernels.asm.Gpr;
import dev.flyball.kernels.asm.Memory;
import dev.flyball.kernels.asm.X86Assembler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What an x86-64 processor can do and the operating system lets it do, asked of the processor
 * itself (CPUID, XGETBV).
 *
 * <p>Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CPUID.
 *
 * @param avx2 AVX2, FMA and F16C, with the registers' upper halves saved by the operating system
 * @param avxVnni 8-bit dot products in VEX encoding
 * @param avx512 AVX-512 F, BW, DQ and VL, with its registers saved by the operating system
 * @param avx512Vnni 8-bit dot products in EVEX encoding
 */
public record X86Features(boolean avx2, boolean avxVnni, boolean avx512, boolean avx512Vnni) {
  private static final X86Features NONE = new X86Features(false, false, false, false);

  // CPUID.1:ECX
  private static final int FMA = 1 << 12;
  private static final int OSXSAVE = 1 << 27;
  private static final int F16C = 1 << 29;
  // CPUID.7.0:EBX
  private static final int AVX2 = 1 << 5;
  private static final int AVX512_F_DQ_BW_VL = (1 << 16) | (1 << 17) | (1 << 30) | (1 << 31);
  // CPUID.7.0:ECX
  private static final int AVX512_VNNI = 1 << 11;
  // CPUID.7.1:EAX
  private static final int AVX_VNNI = 1 << 4;
  // XCR0
  private static final int XMM_YMM = 6;
  private static final int OPMASK_ZMM = 0xE6;

  /** Asks this machine; nothing at all where it is no x86-64 or code cannot be executed. */
  public static X86Features ofThisMachine() {
    if (!System.getProperty("os.arch", "").matches("amd64|x86_64")) {
      return NONE;
    }
    return ExecutableMemory.of(cpuidCode()).map(X86Features::ask).orElse(NONE);
  }

  private static X86Features ask(ExecutableMemory cpuid) {
    try (cpuid;
        Arena arena = Arena.ofConfined()) {
      MemorySegment registers = arena.allocate(ValueLayout.JAVA_LONG, 4);
      int lastLeaf = cpuid(cpuid, registers, 0, 0).eax();
      Registers leaf1 = cpuid(cpuid, registers, 1, 0);
      Registers leaf7 = lastLeaf < 7 ? Registers.ZERO : cpuid(cpuid, registers, 7, 0);
      Registers leaf7sub1 = leaf7.eax() < 1 ? Registers.ZERO : cpuid(cpuid, registers, 7, 1);
      int enabled = has(leaf1.ecx(), OSXSAVE) ? enabledState(registers) : 0;
      return of(leaf1, leaf7, leaf7sub1, enabled);
    }
  }

  /** From CPUID's answers to leaves 1, 7 and 7.1 and from XCR0. */
  static X86Features of(Registers leaf1, Registers leaf7, Registers leaf7sub1, int enabled) {
    boolean avx2 = has(leaf1.ecx(), FMA | F16C) && has(leaf7.ebx(), AVX2) && has(enabled, XMM_YMM);
    boolean avx512 = avx2 && has(leaf7.ebx(), AVX512_F_DQ_BW_VL) && has(enabled, OPMASK_ZMM);
    return new X86Features(
        avx2,
        avx2 && has(leaf7sub1.eax(), AVX_VNNI),
        avx512,
        avx512 && has(leaf7.ecx(), AVX512_VNNI));
  }

  private static boolean has(int word, int bits) {
    return (word & bits) == bits;
  }

  /** CPUID's answer. */
  record Registers(int eax, int ebx, int ecx, int edx) {
    static final Registers ZERO = new Registers(0, 0, 0, 0);
  }

  private static Registers cpuid(
      ExecutableMemory code, MemorySegment registers, int leaf, int subLeaf) {
    registers.setAtIndex(ValueLayout.JAVA_LONG, 0, leaf);
    registers.setAtIndex(ValueLayout.JAVA_LONG, 1, subLeaf);
    NativeCode.call(code.entry(), registers.address());
    return new Registers(
        register(registers, 0),
        register(registers, 1),
        register(registers, 2),
        register(registers, 3));
  }

  private static int register(MemorySegment registers, int index) {
    return (int) registers.getAtIndex(ValueLayout.JAVA_LONG, index);
  }

  /** XCR0: the register states that the operating system saves. */
  private static int enabledState(MemorySegment registers) {
    return ExecutableMemory.of(xgetbvCode())
        .map(
            code -> {
              try (code) {
                NativeCode.call(code.entry(), registers.address());
                return register(registers, 0);
              }
            })
        .orElse(0);
  }

  /**
   * Parameters: four longs; EAX and ECX from the first two, then EAX, EBX, ECX and EDX into all
   * four.
   */
  private static byte[] cpuidCode() {
    X86Assembler a = new X86Assembler(false);
    a.push(Gpr.RBX);
    a.mov(Gpr.R8, Gpr.RDI);
    a.load(Gpr.RAX, Memory.at(Gpr.R8, 0));
    a.load(Gpr.RCX, Memory.at(Gpr.R8, 8));
    a.cpuid();
    a.store(Memory.at(Gpr.R8, 0), Gpr.RAX);
    a.store(Memory.at(Gpr.R8, 8), Gpr.RBX);
    a.store(Memory.at(Gpr.R8, 16), Gpr.RCX);
    a.store(Memory.at(Gpr.R8, 24), Gpr.RDX);
    a.pop(Gpr.RBX);
    a.ret();
    return a.toByteArray();
  }

  /** Parameters: a long that becomes the lower half of XCR0. */
  private static byte[] xgetbvCode() {
    X86Assembler a = new X86Assembler(false);
    a.mov(Gpr.RCX, 0);
    a.xgetbv();
    a.store(Memory.at(Gpr.RDI, 0), Gpr.RAX);
    a.ret();
    return a.toByteArray();
  }
}
