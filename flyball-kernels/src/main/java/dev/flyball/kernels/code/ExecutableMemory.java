package dev.flyball.kernels.code;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Pages of memory that hold machine code: written first, then made executable and never writable
 * again (W^X). Thread-safe once made; to be kept reachable, and not closed, while its code may run.
 */
public final class ExecutableMemory implements AutoCloseable {
  // <sys/mman.h> of Linux and macOS.
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE = 2;
  private static final long MAP_FAILED = -1;

  private static final boolean LINUX = System.getProperty("os.name", "").startsWith("Linux");
  private static final int MAP_ANONYMOUS = LINUX ? 0x20 : 0x1000;

  private static final Linker LINKER = Linker.nativeLinker();

  private final MemorySegment pages;

  private ExecutableMemory(MemorySegment pages) {
    this.pages = pages;
  }

  /** The code in executable memory, or nothing where the system does not allow that. */
  public static Optional<ExecutableMemory> of(byte[] code) {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      return Optional.empty();
    }
    long address = map(code.length);
    if (address == MAP_FAILED) {
      return Optional.empty();
    }
    MemorySegment pages = reinterpret(address, code.length);
    MemorySegment.copy(code, 0, pages, ValueLayout.JAVA_BYTE, 0, code.length);
    if (protect(pages) != 0) {
      unmap(pages);
      return Optional.empty();
    }
    return Optional.of(new ExecutableMemory(pages));
  }

  /** The address of the first instruction. */
  public MemorySegment entry() {
    return pages;
  }

  @Override
  public void close() {
    unmap(pages);
  }

  @SuppressWarnings("restricted") // the pages come from mmap, with exactly this size
  private static MemorySegment reinterpret(long address, int bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes, Arena.global(), null);
  }

  private static long map(int bytes) {
    try {
      return (long)
          Functions.MMAP.invokeExact(
              MemorySegment.NULL,
              (long) bytes,
              PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS,
              -1,
              0L);
    } catch (Throwable e) {
      throw new IllegalStateException("calling mmap failed", e);
    }
  }

  private static int protect(MemorySegment pages) {
    try {
      return (int) Functions.MPROTECT.invokeExact(pages, pages.byteSize(), PROT_READ | PROT_EXEC);
    } catch (Throwable e) {
      throw new IllegalStateException("calling mprotect failed", e);
    }
  }

  private static void unmap(MemorySegment pages) {
    try {
      int _ = (int) Functions.MUNMAP.invokeExact(pages, pages.byteSize());
    } catch (Throwable e) {
      throw new IllegalStateException("calling munmap failed", e);
    }
  }

  /** The C library's functions, looked up when first used. */
  private static final class Functions {
    static final MethodHandle MMAP =
        function(
            "mmap",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    static final MethodHandle MPROTECT =
        function(
            "mprotect",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    static final MethodHandle MUNMAP =
        function(
            "munmap",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

    private Functions() {}

    @SuppressWarnings("restricted") // the descriptors are those of the C library's headers
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
      SymbolLookup library = LINKER.defaultLookup();
      return LINKER.downcallHandle(library.findOrThrow(name), descriptor);
    }
  }
}
