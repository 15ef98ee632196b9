package dev.flyball.kernels.matmul;

import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.SimdBuilder;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * The compiled kernels of one format for large batches: the unpacking of a panel, and the product
 * of two unpacked ones with tiles of each size. Thread-safe.
 */
final class UnpackedKernels implements AutoCloseable {
  private final CodePanels format;
  private final UnpackedPanels panels;
  private final QuantizedLayout layout;
  private final ExecutableMemory unpack;
  private final KernelSet coarse;
  private final KernelSet fine;

  private final long tableAddress;

  /**
   * Generates all of them; only where {@link #exist} says so.
   *
   * @param tableAddress of the code table, 64 bytes, where the format has one
   */
  UnpackedKernels(CodePanels format, InstructionSet level, long tableAddress) {
    this.tableAddress = tableAddress;
    this.format = format;
    panels = UnpackedPanels.of(format);
    layout = QuantizedLayout.ofUnpacked(format, level.newKernel(1));
    unpack = ExecutableMemory.require(UnpackKernel.generate(level.newKernel(1), format));
    coarse = new KernelSet(level, false);
    fine = new KernelSet(level, true);
  }

  /**
   * Whether there are such kernels: for formats of super-blocks, where a level's vectors hold all
   * rows of a panel and take unsigned codes.
   */
  static boolean exist(Panels format, InstructionSet level) {
    SimdBuilder s = level.newKernel(1);
    return format instanceof CodePanels codes
        && codes.superColumns() == QuantizedLayout.SUPER_COLUMNS
        && s.lanes() == Panels.ROWS
        && s.signedBias() != 0;
  }

  /** Kernels that read the same activations, each in the place of its tile's tokens less one. */
  private final class KernelSet {
    final Tiling tiling;
    final ExecutableMemory[] bySize;

    KernelSet(InstructionSet level, boolean fine) {
      int most = UnpackedTileKernel.maxTokens(level.newKernel(1));
      tiling = new Tiling(layout, fine, most, 0);
      bySize = new ExecutableMemory[most];
      Arrays.setAll(
          bySize,
          i ->
              ExecutableMemory.require(
                  UnpackedTileKernel.generate(level.newKernel(1), panels, layout, i + 1, fine)));
    }
  }

  private KernelSet kernels(boolean fine) {
    return fine ? this.fine : coarse;
  }

  CodePanels format() {
    return format;
  }

  UnpackedPanels panels() {
    return panels;
  }

  QuantizedLayout layout() {
    return layout;
  }

  long tableAddress() {
    return tableAddress;
  }

  /** What kernels must have in common to read the same activations. */
  Tiling tiling(boolean fine) {
    return kernels(fine).tiling;
  }

  /** The {@link UnpackKernel}. */
  MemorySegment unpack() {
    return unpack.entry();
  }

  /** The {@link UnpackedTileKernel} for tiles of so many tokens. */
  MemorySegment kernel(int tokens, boolean fine) {
    return kernels(fine).bySize[tokens - 1].entry();
  }

  @Override
  public void close() {
    unpack.close();
    for (KernelSet kernels : List.of(coarse, fine)) {
      List.of(kernels.bySize).forEach(ExecutableMemory::close);
    }
  }
}
