package dev.flyball.kernels.matmul;

import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Activations in eight bits, in the tiles of {@link QuantizedLayout}. Memory for a batch is taken
 * once; filled again for every input.
 *
 * <p>Fine ones have a second place in their tile, for what rounding leaves, rounded in turn: {@code
 * x = coarse + rest} to about sixteen bits.
 */
final class QuantizedTokens implements TileTokens {
  private static final int BLOCK = CodePanels.BLOCK;

  private final Arena arena = Arena.ofShared();
  private final QuantizedLayout layout;
  private final MemorySegment memory;

  /** For each place of a token the kernel that fills it. */
  private final ExecutableMemory[] quantize;

  QuantizedTokens(
      QuantizedLayout layout, boolean fine, InstructionSet level, int maxTokens, int maxColumns) {
    this.layout = layout;
    quantize = new ExecutableMemory[fine ? 2 : 1];
    for (int place = 0; place < quantize.length; place++) {
      byte[] code = QuantizeKernel.generate(level.newKernel(1), layout, place == 1);
      quantize[place] = ExecutableMemory.of(code).orElseThrow();
    }
    long blocks = Math.ceilDiv(maxColumns, BLOCK);
    memory = arena.allocate(blocks * layout.blockBytes(quantize.length) * maxTokens, 64);
  }

  @Override
  public long tileAddress(int first, int columns) {
    return memory.address() + tileOffset(first, columns);
  }

  /**
   * A block's bytes are proportional to its tokens, so that tiles lie where their first token
   * would.
   */
  private long tileOffset(int first, int columns) {
    return (long) (columns / BLOCK) * layout.blockBytes(quantize.length) * first;
  }

  @Override
  public void fill(
      float[] x,
      RowGroups rows,
      int columns,
      int from,
      int end,
      int first,
      int size,
      MemorySegment parameters) {
    int places = quantize.length * size;
    int blockBytes = layout.blockBytes(places);
    long at = tileAddress(first, columns) + (long) (from / BLOCK) * blockBytes;
    set(parameters, QuantizeKernel.HALF_BYTES, 4L * places);
    set(parameters, QuantizeKernel.BLOCK_BYTES, blockBytes);
    set(parameters, QuantizeKernel.GROUPS, (end - from) / layout.scaleColumns());
    for (int place = 0; place < places; place++) {
      int row = rows.row(first + place % size);
      set(parameters, QuantizeKernel.SOURCE, 4L * ((long) row * columns + from));
      set(parameters, QuantizeKernel.VALUES, at + layout.valuesOffset(place, places));
      set(parameters, QuantizeKernel.VALUES_STRIDE, layout.valuesStride(place, places));
      set(parameters, QuantizeKernel.SCALES, at + layout.scalesOffset(places) + 4L * place);
      set(
          parameters,
          QuantizeKernel.CORRECTIONS,
          at + layout.correctionsOffset(places) + 4L * place);
      set(parameters, QuantizeKernel.SUMS, at + layout.sumsOffset(places) + 4L * place);
      MemorySegment code = quantize[place / size].entry();
      NativeCode.call(code, parameters.address(), x);
    }
  }

  private static void set(MemorySegment parameters, int parameter, long value) {
    parameters.setAtIndex(ValueLayout.JAVA_LONG, parameter, value);
  }

  @Override
  public void close() {
    for (ExecutableMemory code : quantize) {
      code.close();
    }
    arena.close();
  }
}
