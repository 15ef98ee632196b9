package dev.flyball.engine.weights;

import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.code.LargeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory for one matrix after the other, cut from slabs large enough for huge pages, which the team
 * brings in: two workers that write to one page at the same time would each clear a page for it.
 */
final class WeightMemory {
  private static final long SLAB_BYTES = 64L << 20;
  private static final long PAGE_BYTES = 2L << 20;
  private static final long ALIGNMENT_BYTES = 64;

  private final Arena arena;
  private final WorkerTeam team;
  private MemorySegment slab = MemorySegment.NULL;
  private long usedBytes;
  private long presentBytes;

  WeightMemory(Arena arena, WorkerTeam team) {
    this.arena = arena;
    this.team = team;
  }

  /** Memory that nobody else has, 64-byte aligned. */
  MemorySegment take(long bytes) {
    if (usedBytes + bytes > slab.byteSize()) {
      slab = LargeMemory.allocate(arena, Math.max(SLAB_BYTES, bytes));
      usedBytes = 0;
      presentBytes = 0;
    }
    MemorySegment taken = slab.asSlice(usedBytes, bytes);
    bringIn(usedBytes + bytes);
    usedBytes = Math.ceilDiv(usedBytes + bytes, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    return taken;
  }

  private void bringIn(long endBytes) {
    long first = presentBytes;
    int pages = (int) Math.ceilDiv(endBytes - first, PAGE_BYTES);
    if (pages > 0) {
      MemorySegment into = slab;
      team.run(
          pages, (page, _) -> into.set(ValueLayout.JAVA_BYTE, first + page * PAGE_BYTES, (byte) 0));
      presentBytes = first + pages * PAGE_BYTES;
    }
  }
}
