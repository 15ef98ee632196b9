package dev.flyball.kernels.matmul;

import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.SimdBuilder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The compiled kernels of one format, one for each size of tile and, where activations are rounded,
 * another one for tokens that have a second place for the rest. Thread-safe.
 */
final class TileKernels implements AutoCloseable {
  private final Panels format;
  private final InstructionSet level;
  private final TokenLayout layout;
  private final int maxTokens;
  private final Tiling coarseTiling;
  private final Tiling fineTiling;
  private final ExecutableMemory[] coarse;
  private final ExecutableMemory[] fine;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment table = arena.allocate(64, 64);

  /** Generates all kernels of the format. */
  TileKernels(Panels format, InstructionSet level) {
    this.format = format;
    this.level = level;
    switch (format) {
      case CodePanels codes -> {
        int bias = level.newKernel(1).signedBias();
        layout = QuantizedLayout.of(codes, bias);
        maxTokens = Int8TileKernel.maxPlaces(level.newKernel(1), codes);
        codes.table().ifPresent(values -> fill(values, bias));
      }
      case FloatPanels _ -> {
        layout = new FloatLayout();
        maxTokens = FloatTileKernel.maxTokens(level.newKernel(1));
      }
    }
    coarseTiling = new Tiling(layout, false, maxTokens(false));
    fineTiling = new Tiling(layout, rounds(), maxTokens(true));
    coarse = compile(maxTokens(false), false);
    fine = rounds() ? compile(maxTokens(true), true) : coarse;
  }

  private ExecutableMemory[] compile(int largest, boolean fine) {
    ExecutableMemory[] kernels = new ExecutableMemory[largest];
    for (int i = 0; i < largest; i++) {
      kernels[i] = compileFor(i + 1, fine);
    }
    return kernels;
  }

  private void fill(CodeTable codes, int bias) {
    int added = codes.signed() ? bias : 0;
    for (int i = 0; i < 64; i++) {
      table.set(ValueLayout.JAVA_BYTE, i, (byte) (codes.values().get(i % 16) + added));
    }
  }

  private ExecutableMemory compileFor(int tokens, boolean fine) {
    SimdBuilder s = level.newKernel(1);
    byte[] code =
        switch (format) {
          case CodePanels codes -> Int8TileKernel.generate(s, codes, tokens, fine);
          case FloatPanels floats -> FloatTileKernel.generate(s, floats, tokens);
        };
    return ExecutableMemory.of(code)
        .orElseThrow(() -> new IllegalStateException("memory cannot be made executable"));
  }

  TokenLayout layout() {
    return layout;
  }

  /** What kernels must have in common to read the same activations. */
  Tiling tiling(boolean fine) {
    return fine ? fineTiling : coarseTiling;
  }

  /** Whether activations are rounded, so that there is a rest. */
  boolean rounds() {
    return layout instanceof QuantizedLayout;
  }

  /** Tokens of the largest tile. */
  int maxTokens(boolean fine) {
    return fine && rounds() ? maxTokens / 2 : maxTokens;
  }

  MemorySegment kernel(int tokens, boolean fine) {
    return (fine ? this.fine : coarse)[tokens - 1].entry();
  }

  long tableAddress() {
    return table.address();
  }

  @Override
  public void close() {
    for (ExecutableMemory kernel : coarse) {
      kernel.close();
    }
    if (rounds()) {
      for (ExecutableMemory kernel : fine) {
        kernel.close();
      }
    }
    arena.close();
  }
}
