package dev.flyball.kernels.matmul;

import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The compiled kernels of one format, one for each size of tile. Thread-safe. */
final class TileKernels implements AutoCloseable {
  private final Panels format;
  private final InstructionSet level;
  private final TokenLayout layout;
  private final int maxTokens;
  private final ExecutableMemory[] bySize;
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
        maxTokens = Int8TileKernel.maxTokens(level.newKernel(1), codes);
        codes.table().ifPresent(values -> fill(values, bias));
      }
      case FloatPanels _ -> {
        layout = new FloatLayout();
        maxTokens = FloatTileKernel.maxTokens(level.newKernel(1));
      }
    }
    bySize = new ExecutableMemory[maxTokens + 1];
    for (int tokens = 1; tokens <= maxTokens; tokens++) {
      bySize[tokens] = compile(tokens);
    }
  }

  private void fill(CodeTable codes, int bias) {
    int added = codes.signed() ? bias : 0;
    for (int i = 0; i < 64; i++) {
      table.set(ValueLayout.JAVA_BYTE, i, (byte) (codes.values().get(i % 16) + added));
    }
  }

  private ExecutableMemory compile(int tokens) {
    byte[] code =
        switch (format) {
          case CodePanels codes -> Int8TileKernel.generate(level.newKernel(1), codes, tokens);
          case FloatPanels floats -> FloatTileKernel.generate(level.newKernel(1), floats, tokens);
        };
    return ExecutableMemory.of(code)
        .orElseThrow(() -> new IllegalStateException("memory cannot be made executable"));
  }

  TokenLayout layout() {
    return layout;
  }

  /** Tokens of the largest tile. */
  int maxTokens() {
    return maxTokens;
  }

  MemorySegment kernel(int tokens) {
    return bySize[tokens].entry();
  }

  long tableAddress() {
    return table.address();
  }

  @Override
  public void close() {
    for (int tokens = 1; tokens <= maxTokens; tokens++) {
      bySize[tokens].close();
    }
    arena.close();
  }
}
