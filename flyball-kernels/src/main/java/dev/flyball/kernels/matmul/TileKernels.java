package dev.flyball.kernels.matmul;

import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.SimdBuilder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The compiled kernels of one format, one for each size of tile, others for two panels at once and,
 * where activations are rounded, others for tokens that have a second place for the rest.
 * Thread-safe.
 */
final class TileKernels implements AutoCloseable {
  /**
   * Tokens that a tile of two panels has at least: with fewer sums, dot products would wait for one
   * another.
   */
  private static final int FEWEST_PAIR_TOKENS = 4;

  private final Panels format;
  private final InstructionSet level;
  private final TokenLayout layout;
  private final KernelSet coarse;
  private final KernelSet fine;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment table = arena.allocate(64, 64);
  private Optional<UnpackedKernels> unpacked = Optional.empty();

  /** Generates all kernels of the format. */
  TileKernels(Panels format, InstructionSet level) {
    this.format = format;
    this.level = level;
    switch (format) {
      case CodePanels codes -> {
        int bias = level.newKernel(1).signedBias();
        layout = QuantizedLayout.of(codes, level.newKernel(1));
        codes.table().ifPresent(values -> fill(values, bias));
        coarse = int8Kernels(codes, false);
        fine = int8Kernels(codes, true);
      }
      case FloatPanels _ -> {
        layout = new FloatLayout();
        coarse = new KernelSet(false, FloatTileKernel.maxTokens(level.newKernel(1)), 0);
        fine = coarse;
      }
    }
  }

  private KernelSet int8Kernels(CodePanels codes, boolean fine) {
    int tokens = Int8TileKernel.maxTokens(level.newKernel(1), codes, 1, fine);
    int inPairs = Int8TileKernel.maxTokens(level.newKernel(1), codes, 2, fine);
    return new KernelSet(fine, tokens, inPairs < FEWEST_PAIR_TOKENS ? 0 : inPairs);
  }

  /** Kernels that read the same activations, each in the place of its tile's tokens less one. */
  private final class KernelSet {
    final Tiling tiling;
    final ExecutableMemory[] single;
    final ExecutableMemory[] pairs;

    KernelSet(boolean fine, int maxTile, int maxPairTile) {
      tiling = new Tiling(layout, fine, maxTile, maxPairTile);
      single = new ExecutableMemory[maxTile];
      Arrays.setAll(single, i -> compile(1, i + 1, fine));
      pairs = new ExecutableMemory[maxPairTile];
      Arrays.setAll(pairs, i -> compile(2, i + 1, fine));
    }

    void close() {
      List.of(single, pairs).forEach(kernels -> List.of(kernels).forEach(ExecutableMemory::close));
    }
  }

  private void fill(CodeTable codes, int bias) {
    int added = codes.signed() ? bias : 0;
    for (int i = 0; i < 64; i++) {
      table.set(ValueLayout.JAVA_BYTE, i, (byte) (codes.values().get(i % 16) + added));
    }
  }

  private ExecutableMemory compile(int panels, int tokens, boolean fine) {
    SimdBuilder s = level.newKernel(1);
    byte[] code =
        switch (format) {
          case CodePanels codes -> Int8TileKernel.generate(s, codes, panels, tokens, fine);
          case FloatPanels floats -> FloatTileKernel.generate(s, floats, tokens);
        };
    return ExecutableMemory.require(code);
  }

  TokenLayout layout() {
    return layout;
  }

  /**
   * What kernels must have in common to read the same activations.
   *
   * @param fine whether what rounding leaves is wanted; where activations are not rounded there is
   *     none
   */
  Tiling tiling(boolean fine) {
    return kernels(fine).tiling;
  }

  private KernelSet kernels(boolean fine) {
    return fine ? this.fine : coarse;
  }

  /** The kernel for one panel after the other. */
  MemorySegment kernel(int tokens, boolean fine) {
    return kernels(fine).single[tokens - 1].entry();
  }

  /** The kernel for two panels at once; where the tiling has tiles for them. */
  MemorySegment pairKernel(int tokens, boolean fine) {
    return kernels(fine).pairs[tokens - 1].entry();
  }

  /** What a kernel asks for ahead while it computes one pair of panels. */
  long bytesAheadOfPair(int columns) {
    return switch (format) {
      case CodePanels codes ->
          64L * Int8TileKernel.linesAhead(codes) * (columns / CodePanels.BLOCK);
      case FloatPanels _ -> 0;
    };
  }

  /**
   * Kernels for large batches, generated when they are first asked for, by one thread; empty where
   * there are none.
   */
  Optional<UnpackedKernels> unpacked() {
    if (unpacked.isEmpty()
        && format instanceof CodePanels codes
        && UnpackedKernels.exist(codes, level)) {
      unpacked = Optional.of(new UnpackedKernels(codes, level, tableAddress()));
    }
    return unpacked;
  }

  long tableAddress() {
    return table.address();
  }

  @Override
  public void close() {
    coarse.close();
    if (fine != coarse) {
      fine.close();
    }
    unpacked.ifPresent(UnpackedKernels::close);
    arena.close();
  }
}
