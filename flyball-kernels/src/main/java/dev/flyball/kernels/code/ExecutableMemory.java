package dev.flyball.kernels.code;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Pages of memory that hold machine code: written first, then made executable and never writable
 * again (W^X). Thread-safe once made; to be kept reachable, and not closed, while its code may run.
 *
 * <p>On AArch64 the instruction cache does not see what was written as data. Linux cleans and
 * invalidates the caches of a page when it becomes executable (arch/arm64/mm/flush.c,
 * __sync_icache_dcache, called when the page table entry is set), and pages here are fresh, written
 * once and become executable once; so nothing is left to be done. Memory of macOS on AArch64 would
 * need MAP_JIT and more; no code is generated there.
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

  /**
   * As {@link #of}, where the system has allowed it before.
   *
   * @throws IllegalStateException where it does not now: it has no memory left, or no more mappings
   */
  public static ExecutableMemory require(byte[] code) {
    return of(code)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "%d bytes of generated code cannot be made executable: the system has no memory or no mappings left"
                        .formatted(code.length)));
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
