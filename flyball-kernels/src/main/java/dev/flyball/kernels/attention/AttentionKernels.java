package dev.flyball.kernels.attention;

import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.MemorySegment;

/** The compiled attention of one layout, for every size of tile. Immutable; thread-safe. */
public final class AttentionKernels implements AutoCloseable {
  private final KvLayout layout;
  private final int lanes;
  private final ExecutableMemory[] byQueries;
  private final ExecutableMemory start;
  private final ExecutableMemory finish;

  /** Attention with scores as they are. */
  public AttentionKernels(KvLayout layout, InstructionSet level) {
    this(layout, Float.POSITIVE_INFINITY, level);
  }

  /**
   * @param softCap scores become {@code softCap * tanh(score / softCap)}, to within {@code softCap
   *     * 2^-21}; infinite: they are taken as they are
   */
  public AttentionKernels(KvLayout layout, float softCap, InstructionSet level) {
    this.layout = layout;
    lanes = level.newKernel(0).lanes();
    byQueries = new ExecutableMemory[AttentionKernel.maxQueries(level.newKernel(0), layout) + 1];
    for (int queries = 1; queries < byQueries.length; queries++) {
      byQueries[queries] =
          ExecutableMemory.require(
              AttentionKernel.generate(level.newKernel(0), layout, queries, softCap));
    }
    start = ExecutableMemory.require(TileStartKernel.generate(level.newKernel(2), layout));
    finish = ExecutableMemory.require(TileFinishKernel.generate(level.newKernel(1), layout));
  }

  public KvLayout layout() {
    return layout;
  }

  /** Queries of the largest tile. */
  public int maxQueries() {
    return byQueries.length - 1;
  }

  int lanes() {
    return lanes;
  }

  MemorySegment kernel(int queries) {
    return byQueries[queries].entry();
  }

  /** See {@link TileStartKernel}. */
  MemorySegment start() {
    return start.entry();
  }

  /** See {@link TileFinishKernel}. */
  MemorySegment finish() {
    return finish.entry();
  }

  @Override
  public void close() {
    start.close();
    finish.close();
    for (int queries = 1; queries < byQueries.length; queries++) {
      byQueries[queries].close();
    }
  }
}
