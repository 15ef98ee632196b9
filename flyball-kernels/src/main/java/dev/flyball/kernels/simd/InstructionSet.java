package dev.flyball.kernels.simd;

import dev.flyball.kernels.code.Arm64Features;
import dev.flyball.kernels.code.X86Features;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The levels that kernels are generated for, those of one architecture worst first. */
public enum InstructionSet {
  /** AVX2, FMA and F16C. */
  AVX2,
  /** AVX2 with 8-bit dot products in VEX encoding. */
  AVX2_VNNI,
  /** AVX-512 F, BW, DQ, VL and VNNI. */
  AVX512_VNNI,
  /** AArch64's NEON with 8-bit dot products. */
  NEON_DOTPROD,
  /** The same with products of 8-bit matrices. */
  NEON_I8MM;

  /**
   * The environment variable that forces a level: one of the names here in lower case, or {@code
   * plain} for none.
   */
  public static final String VARIABLE = "FLYBALL_ISA";

  private static final String PLAIN = "plain";

  /**
   * The level that this process runs on: the best one, unless {@value #VARIABLE} says otherwise.
   *
   * @return nothing where generated code cannot or shall not run
   * @throws IllegalArgumentException where the variable names no level, or one that this machine
   *     cannot run
   */
  public static Optional<InstructionSet> ofThisProcess() {
    return choose(supported(), Optional.ofNullable(System.getenv(VARIABLE)));
  }

  /** The levels that this machine can run, worst first. */
  public static List<InstructionSet> supported() {
    return Machine.LEVELS;
  }

  /** Asked of the processor, or of the system, once. */
  private static final class Machine {
    static final List<InstructionSet> LEVELS =
        of(X86Features.ofThisMachine(), Arm64Features.ofThisMachine());

    private static List<InstructionSet> of(X86Features x86, Arm64Features arm64) {
      return Arrays.stream(values()).filter(level -> level.isIn(x86, arm64)).toList();
    }
  }

  /**
   * The best level of {@code supported}, or the one that the environment variable's value asks for.
   *
   * @return nothing where generated code cannot or shall not run
   * @throws IllegalArgumentException where the value names no level, or one that this machine
   *     cannot run
   */
  public static Optional<InstructionSet> choose(
      List<InstructionSet> supported, Optional<String> forced) {
    if (forced.isEmpty()) {
      return supported.isEmpty() ? Optional.empty() : Optional.of(supported.getLast());
    }
    String wanted = forced.get().strip().toLowerCase(Locale.ROOT);
    if (wanted.equals(PLAIN)) {
      return Optional.empty();
    }
    return Optional.of(
        supported.stream()
            .filter(level -> level.label().equals(wanted))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        VARIABLE
                            + "="
                            + wanted
                            + " is not among what this machine can run: plain"
                            + String.join(
                                "",
                                supported.stream().map(level -> ", " + level.label()).toList()))));
  }

  /** The name that people use: {@code avx512_vnni}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * A new kernel for this level.
   *
   * @param arrays arrays that it is called with, 0 to 3
   */
  public SimdBuilder newKernel(int arrays) {
    return switch (this) {
      case AVX2, AVX2_VNNI, AVX512_VNNI -> new X86Simd(this, arrays);
      case NEON_DOTPROD -> new Arm64Simd(false, arrays);
      case NEON_I8MM -> new Arm64Simd(true, arrays);
    };
  }

  private boolean isIn(X86Features x86, Arm64Features arm64) {
    return switch (this) {
      case AVX2 -> x86.avx2();
      case AVX2_VNNI -> x86.avxVnni();
      case AVX512_VNNI -> x86.avx512Vnni();
      case NEON_DOTPROD -> arm64.dotProduct();
      case NEON_I8MM -> arm64.matrixProduct();
    };
  }
}
