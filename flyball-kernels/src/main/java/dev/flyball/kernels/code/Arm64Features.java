package dev.flyball.kernels.code;

import dev.flyball.kernels.asm.Arm64Assembler;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * What an AArch64 processor can do and Linux lets it do, as Linux tells every process in its
 * auxiliary vector.
 *
 * <p>Source: Linux, Documentation/arch/arm64/elf_hwcaps.rst.
 *
 * @param dotProduct NEON with 8-bit dot products (FEAT_DotProd)
 */
public record Arm64Features(boolean dotProduct) {
  private static final Arm64Features NONE = new Arm64Features(false);

  // <elf.h> and <asm/hwcap.h>.
  private static final long AT_HWCAP = 16;
  private static final long HWCAP_ASIMD = 1 << 1;
  private static final long HWCAP_ASIMDDP = 1 << 20;

  /**
   * Asks this machine; nothing at all where it is no AArch64 under Linux or code cannot be
   * executed.
   */
  public static Arm64Features ofThisMachine() {
    if (!System.getProperty("os.arch", "").equals("aarch64")
        || !System.getProperty("os.name", "").equals("Linux")
        || !runsGeneratedCode()) {
      return NONE;
    }
    return hardwareCapabilities().map(Arm64Features::of).orElse(NONE);
  }

  /** From the value of AT_HWCAP. */
  static Arm64Features of(long capabilities) {
    long needed = HWCAP_ASIMD | HWCAP_ASIMDDP;
    return new Arm64Features((capabilities & needed) == needed);
  }

  private static boolean runsGeneratedCode() {
    Arm64Assembler a = new Arm64Assembler();
    a.ret();
    return ExecutableMemory.of(a.toByteArray())
        .map(
            code -> {
              try (code) {
                NativeCode.call(code.entry(), 0);
                return true;
              }
            })
        .orElse(false);
  }

  private static Optional<Long> hardwareCapabilities() {
    return Linker.nativeLinker().defaultLookup().find("getauxval").map(Arm64Features::ask);
  }

  @SuppressWarnings("restricted") // the descriptor is that of <sys/auxv.h>
  private static long ask(MemorySegment getauxval) {
    MethodHandle handle =
        Linker.nativeLinker()
            .downcallHandle(
                getauxval, FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    try {
      return (long) handle.invokeExact(AT_HWCAP);
    } catch (Throwable e) {
      throw new IllegalStateException("calling getauxval failed", e);
    }
  }
}
