package dev.flyball.kernels.matmul;

import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Activations in eight bits, in the tiles of {@link QuantizedLayout}: each block of 32 columns of a
 * token has a scale, a 127th of its largest magnitude. Memory for a batch is taken once; filled
 * again for every input.
 */
final class QuantizedTokens implements TileTokens {
  private static final int BLOCK = CodePanels.BLOCK;

  private final Arena arena = Arena.ofShared();
  private final QuantizedLayout layout;
  private final MemorySegment memory;
  private final ExecutableMemory quantize;

  QuantizedTokens(QuantizedLayout layout, InstructionSet level, int maxTokens, int maxColumns) {
    this.layout = layout;
    quantize =
        ExecutableMemory.of(QuantizeKernel.generate(level.newKernel(1), layout)).orElseThrow();
    long blocks = Math.ceilDiv(maxColumns, BLOCK);
    memory = arena.allocate(blocks * layout.blockBytes(1) * maxTokens, 64);
  }

  @Override
  public long tileAddress(TokenTiles tiles, int tile, int columns) {
    return memory.address() + tileOffset(tiles, tile, columns);
  }

  /**
   * A block's bytes are proportional to its tokens, so that tiles lie where their first token
   * would.
   */
  private long tileOffset(TokenTiles tiles, int tile, int columns) {
    return (long) (columns / BLOCK) * layout.blockBytes(1) * tiles.first(tile);
  }

  @Override
  public void fill(float[] x, int columns, TokenTiles tiles, int tile, MemorySegment parameters) {
    int size = tiles.size(tile);
    long at = tileAddress(tiles, tile, columns);
    set(parameters, QuantizeKernel.HALF_BYTES, 4L * size);
    set(parameters, QuantizeKernel.BLOCK_BYTES, layout.blockBytes(size));
    set(parameters, QuantizeKernel.BLOCKS, columns / BLOCK);
    for (int t = 0; t < size; t++) {
      set(parameters, QuantizeKernel.SOURCE, 4L * (tiles.first(tile) + t) * columns);
      set(parameters, QuantizeKernel.VALUES, at + (long) BLOCK * t);
      set(parameters, QuantizeKernel.SCALES, at + layout.scalesOffset(size) + 4L * t);
      set(parameters, QuantizeKernel.CORRECTIONS, at + layout.correctionsOffset(size) + 4L * t);
      set(parameters, QuantizeKernel.SUMS, at + layout.sumsOffset(size) + 4L * t);
      NativeCode.call(quantize.entry(), parameters.address(), MemorySegment.ofArray(x));
    }
  }

  private static void set(MemorySegment parameters, int parameter, long value) {
    parameters.setAtIndex(ValueLayout.JAVA_LONG, parameter, value);
  }

  @Override
  public void close() {
    quantize.close();
    arena.close();
  }
}
