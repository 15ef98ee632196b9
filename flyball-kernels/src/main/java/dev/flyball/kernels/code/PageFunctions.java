package dev.flyball.kernels.code;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** The C library's functions for pages of memory, on Linux and macOS. */
final class PageFunctions {
  // <sys/mman.h> of Linux and macOS.
  static final int READ = 1;
  static final int WRITE = 2;
  static final int EXECUTE = 4;
  private static final int MAP_PRIVATE = 2;
  private static final long MAP_FAILED = -1;
  private static final int MADV_HUGEPAGE = 14;

  private static final String SYSTEM = System.getProperty("os.name", "");
  private static final boolean LINUX = SYSTEM.startsWith("Linux");
  private static final int MAP_ANONYMOUS = LINUX ? 0x20 : 0x1000;

  private PageFunctions() {}

  /** New pages of zeros, readable and writable; nothing where the system does not give them. */
  @SuppressWarnings("restricted") // the pages come from mmap, with exactly this size
  static Optional<MemorySegment> map(long bytes) {
    if (SYSTEM.startsWith("Windows")) {
      return Optional.empty();
    }
    long address;
    try {
      address =
          (long)
              Functions.MMAP.invokeExact(
                  MemorySegment.NULL, bytes, READ | WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException("calling mmap failed", e);
    }
    return address == MAP_FAILED
        ? Optional.empty()
        : Optional.of(MemorySegment.ofAddress(address).reinterpret(bytes, Arena.global(), null));
  }

  /** Sets what may be done with pages; says whether the system agreed. */
  static boolean protect(MemorySegment pages, int rights) {
    return call(Functions.MPROTECT, "mprotect", pages, rights);
  }

  /** Asks for huge pages, where the system has such a thing. */
  static void preferHugePages(MemorySegment pages) {
    if (LINUX) {
      // A refusal leaves the pages as they are, which is good enough.
      boolean _ = call(Functions.MADVISE, "madvise", pages, MADV_HUGEPAGE);
    }
  }

  static void unmap(MemorySegment pages) {
    try {
      int _ = (int) Functions.MUNMAP.invokeExact(pages, pages.byteSize());
    } catch (Throwable e) {
      throw new IllegalStateException("calling munmap failed", e);
    }
  }

  private static boolean call(
      MethodHandle function, String name, MemorySegment pages, int argument) {
    try {
      return (int) function.invokeExact(pages, pages.byteSize(), argument) == 0;
    } catch (Throwable e) {
      throw new IllegalStateException("calling " + name + " failed", e);
    }
  }

  /** Looked up when first used. */
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
    static final MethodHandle MPROTECT = onPages("mprotect");
    static final MethodHandle MADVISE = onPages("madvise");
    static final MethodHandle MUNMAP =
        function(
            "munmap",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

    private Functions() {}

    private static MethodHandle onPages(String name) {
      return function(
          name,
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));
    }

    @SuppressWarnings("restricted") // the descriptors are those of the C library's headers
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }
  }
}
