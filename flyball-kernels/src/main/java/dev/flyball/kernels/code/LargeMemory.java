package dev.flyball.kernels.code;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for what is large and streamed through: pages of zeros that the system hands out when they
 * are first written, in huge pages where it has them. Whoever writes a part first pays for it, so a
 * team that fills the memory shares that too, which {@code Arena.allocate}, writing zeros itself,
 * does not let it.
 */
public final class LargeMemory {
  /** Below this much, pages of their own are not worth a system call. */
  private static final long SMALLEST_BYTES = 1 << 20;

  private static final long ALIGNMENT_BYTES = 64;

  private LargeMemory() {}

  /** Zeros, at least {@value #ALIGNMENT_BYTES}-byte aligned; freed when {@code arena} is closed. */
  @SuppressWarnings("restricted") // the same pages, with the arena's lifetime
  public static MemorySegment allocate(Arena arena, long bytes) {
    if (bytes < SMALLEST_BYTES) {
      return arena.allocate(bytes, ALIGNMENT_BYTES);
    }
    return PageFunctions.map(bytes)
        .map(
            pages -> {
              PageFunctions.preferHugePages(pages);
              return pages.reinterpret(arena, PageFunctions::unmap);
            })
        .orElseGet(() -> arena.allocate(bytes, ALIGNMENT_BYTES));
  }

  /**
   * Asks for huge pages for memory that is mapped already; where the system has none for it,
   * nothing changes.
   *
   * @param mapped its address is a multiple of 4096
   */
  public static void preferHugePages(MemorySegment mapped) {
    PageFunctions.preferHugePages(mapped);
  }
}
