package dev.flyball.kernels.code;

import dev.flyball.kernels.asm.Arm64Assembler;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * What an AArch64 processor can do and Linux lets it do, as Linux tells every process in its
 * auxiliary vector.
 *
 * <p>Source: Linux, Documentation/arch/arm64/elf_hwcaps.rst.
 *
 * @param dotProduct NEON with 8-bit dot products (FEAT_DotProd)
 * @param matrixProduct with products of 8-bit matrices as well (FEAT_I8MM)
 */
public record Arm64Features(boolean dotProduct, boolean matrixProduct) {
  private static final Arm64Features NONE = new Arm64Features(false, false);

  // <elf.h> and <asm/hwcap.h>.
  private static final long AT_HWCAP = 16;
  private static final long HWCAP_ASIMD = 1 << 1;
  private static final long HWCAP_ASIMDDP = 1 << 20;
  private static final long AT_HWCAP2 = 26;
  private static final long HWCAP2_I8MM = 1 << 13;

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
    return Linker.nativeLinker()
        .defaultLookup()
        .find("getauxval")
        .map(getauxval -> of(ask(getauxval, AT_HWCAP), ask(getauxval, AT_HWCAP2)))
        .orElse(NONE);
  }

  /** From the values of AT_HWCAP and AT_HWCAP2. */
  static Arm64Features of(long capabilities, long moreCapabilities) {
    long needed = HWCAP_ASIMD | HWCAP_ASIMDDP;
    boolean dotProduct = (capabilities & needed) == needed;
    return new Arm64Features(dotProduct, dotProduct && (moreCapabilities & HWCAP2_I8MM) != 0);
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

  @SuppressWarnings("restricted") // the descriptor is that of <sys/auxv.h>
  private static long ask(MemorySegment getauxval, long type) {
    MethodHandle handle =
        Linker.nativeLinker()
            .downcallHandle(
                getauxval, FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    try {
      return (long) handle.invokeExact(type);
    } catch (Throwable e) {
      throw new IllegalStateException("calling getauxval failed", e);
    }
  }
}
