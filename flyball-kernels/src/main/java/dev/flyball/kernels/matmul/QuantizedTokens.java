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
      quantize[place] = ExecutableMemory.require(code);
    }
    long groups = Math.ceilDiv(maxColumns, layout.scaleColumns());
    memory = arena.allocate(groups * layout.groupBytes(quantize.length) * maxTokens, 64);
  }

  @Override
  public long tileAddress(int first, int columns) {
    return memory.address() + tileOffset(first, columns);
  }

  /**
   * A group's bytes are proportional to its tokens, so that tiles lie where their first token
   * would.
   */
  private long tileOffset(int first, int columns) {
    return layout.tileBytes(quantize.length, columns) * first;
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
    long at = tileAddress(first, columns) + layout.tileBytes(places, from);
    set(parameters, QuantizeKernel.PLACES_BYTES, 4L * places);
    set(parameters, QuantizeKernel.BLOCK_BYTES, layout.blockBytes(places));
    set(parameters, QuantizeKernel.GROUP_BYTES, layout.groupBytes(places));
    int afterBlocks = layout.groupBytes(places) - layout.scalesOffset(places);
    set(parameters, QuantizeKernel.AFTER_BLOCKS_BYTES, afterBlocks);
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
