package dev.flyball.kernels.sparse;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An input of {@link NeuronRows} in eight bits, its blocks in lanes as theirs are:
 *
 * <pre>
 * group         [values][corrections][scales][sums]
 * values        vectors of 64 bytes; byte 4b+i of vector q is value 4q+i of block b
 * corrections   16 ints: minus the offset of the weights' codes times the sum of the values
 * scales        16 floats
 * sums          16 floats: scale times the sum of the values
 * </pre>
 *
 * Filled again for every input; used by one thread at a time.
 */
final class LaneInput implements AutoCloseable {
  private static final int LANES = NeuronFormat.LANES;

  /** Where the parts of a group lie, in bytes. */
  record Layout(NeuronFormat format) {
    /** Vectors of values. */
    int quads() {
      return format.block() / 4;
    }

    int corrections() {
      return quads() * NeuronFormat.VECTOR;
    }

    int scales() {
      return corrections() + 4 * LANES;
    }

    int sums() {
      return scales() + 4 * LANES;
    }

    int groupBytes() {
      return sums() + 4 * LANES;
    }
  }

  private final Arena arena = Arena.ofShared();
  private final EightBits bits = new EightBits();
  private MemorySegment memory = MemorySegment.NULL;
  private int[] words = new int[0];

  /**
   * @param x its values from {@code from} on
   */
  void fill(NeuronRows weights, float[] x, int from) {
    Layout layout = weights.inputLayout();
    int groupWords = layout.groupBytes() / Integer.BYTES;
    int needed = weights.groups() * groupWords;
    if (words.length < needed) {
      words = new int[needed];
      memory = arena.allocate((long) needed * Integer.BYTES, NeuronFormat.VECTOR);
    }
    int block = weights.format().block();
    int blocks = weights.groups() * LANES;
    for (int i = 0; i < blocks; i++) {
      int column = i * block;
      if (column < weights.columns() && column % EightBits.BLOCK == 0) {
        bits.read(x, from + column);
      }
      boolean there = column < weights.columns();
      putBlock(layout, i / LANES * groupWords, i % LANES, column % EightBits.BLOCK, there);
    }
    MemorySegment.copy(words, 0, memory, ValueLayout.JAVA_INT, 0, needed);
  }

  private void putBlock(Layout layout, int group, int lane, int first, boolean there) {
    int sum = 0;
    for (int quad = 0; quad < layout.quads(); quad++) {
      int word = 0;
      for (int i = 0; there && i < 4; i++) {
        int code = bits.code(first + 4 * quad + i);
        sum += code;
        word |= (code & 0xff) << (8 * i);
      }
      words[group + quad * LANES + lane] = word;
    }
    float scale = there ? bits.scale() : 0;
    words[group + layout.corrections() / 4 + lane] = -layout.format().offset() * sum;
    words[group + layout.scales() / 4 + lane] = Float.floatToRawIntBits(scale);
    words[group + layout.sums() / 4 + lane] = Float.floatToRawIntBits(scale * sum);
  }

  long address() {
    return memory.address();
  }

  @Override
  public void close() {
    arena.close();
  }
}
