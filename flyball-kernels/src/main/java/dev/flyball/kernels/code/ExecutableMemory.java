package dev.flyball.kernels.code;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Pages of memory that hold machine code: written first, then made executable and never writable
 * again (W^X). Thread-safe once made; to be kept reachable, and not closed, while its code may run.
 */
public final class ExecutableMemory implements AutoCloseable {
  private final MemorySegment pages;

  private ExecutableMemory(MemorySegment pages) {
    this.pages = pages;
  }

  /** The code in executable memory, or nothing where the system does not allow that. */
  public static Optional<ExecutableMemory> of(byte[] code) {
    return PageFunctions.map(code.length).flatMap(pages -> fill(pages, code));
  }

  private static Optional<ExecutableMemory> fill(MemorySegment pages, byte[] code) {
    MemorySegment.copy(code, 0, pages, ValueLayout.JAVA_BYTE, 0, code.length);
    if (!PageFunctions.protect(pages, PageFunctions.READ | PageFunctions.EXECUTE)) {
      PageFunctions.unmap(pages);
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
    PageFunctions.unmap(pages);
  }
}
