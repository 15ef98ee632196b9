package dev.flyball.kernels.sparse;

import dev.flyball.kernels.code.NativeCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * What one thread computes a chunk of neurons with: the list of those that are open, their
 * products, and the parameters of the kernels. Filled again for each chunk.
 */
final class ChunkWorker {
  /**
   * Strips of columns, 128 rows or more each, between what is asked for and what is added: as much
   * as a core can have on its way.
   */
  private static final int PIECES_AHEAD = 32;

  private static final int FEWEST_STRIPS_AHEAD = 2;

  private static final int PARAMETERS = 12;

  /** Of a float's bits. */
  private static final int MAGNITUDE = 0x7fffffff;

  /** Entries behind the last one: what is asked for ahead goes on there. */
  private static final int ENTRIES_AHEAD = 32;

  /** Correction, scale and total of {@link ColumnSumKernel}, behind the parameters. */
  private static final int HEAD = 8 * PARAMETERS;

  private final MemorySegment parameters;
  private final MemorySegment rowList;
  private final MemorySegment columnList;

  /** The open neurons of the chunk, in order. */
  private final int[] open;

  private int opened;

  /** What goes down, of all neurons of the chunk. */
  private final float[] hidden;

  private final float[] products;

  /** Some rows of a chunk's part of the result. */
  private final float[] part = new float[SparseGatedProduct.ADDED_TOGETHER];

  private final EightBits bits = new EightBits();

  /** For each group of neurons with one scale where its entries begin. */
  private final int[] groupEntries;

  private final float[] groupScales;
  private final int[] groupSums;

  /** Neurons that were open, since the count was last taken. */
  private long openNeurons;

  ChunkWorker(Arena arena, int maxNeurons) {
    parameters = arena.allocate(HEAD + 16, 64);
    rowList = arena.allocate(8L * (maxNeurons + RowDotKernel.ROWS_AHEAD), 64);
    int entries = maxNeurons + ENTRIES_AHEAD;
    columnList = arena.allocate((long) ColumnSumKernel.ENTRY_BYTES * entries, 64);
    open = new int[maxNeurons];
    hidden = new float[maxNeurons];
    products = new float[maxNeurons];
    int groups = maxNeurons / 16;
    groupEntries = new int[groups + 1];
    groupScales = new float[groups];
    groupSums = new int[groups];
  }

  /**
   * Takes the neurons whose gate is not below a threshold.
   *
   * @param gate activated gates, those of the chunk from {@code from} on
   * @return whether there are any
   */
  boolean choose(float[] gate, int from, int count, float threshold) {
    opened = 0;
    // As ints, magnitudes are in the order of floats, with what is not a number on top; whether a
    // gate is open is not foreseen by any processor, so nothing branches on it.
    int least = Float.floatToRawIntBits(threshold);
    for (int i = 0; i < count; i++) {
      open[opened] = i;
      int magnitude = Float.floatToRawIntBits(gate[from + i]) & MAGNITUDE;
      opened += 1 - ((magnitude - least) >>> 31);
    }
    openNeurons += opened;
    return opened > 0;
  }

  /** Multiplies the open neurons' rows with the input. */
  void multiplyUp(NeuronRows up, int firstNeuron, LaneInput input, MemorySegment kernel) {
    long last = 0;
    for (int k = 0; k < opened; k++) {
      last = up.address(firstNeuron + open[k]);
      rowList.setAtIndex(ValueLayout.JAVA_LONG, k, last);
    }
    for (int k = opened; k < opened + RowDotKernel.ROWS_AHEAD; k++) {
      rowList.setAtIndex(ValueLayout.JAVA_LONG, k, last);
    }
    set(RowDotKernel.OUT, 0);
    set(RowDotKernel.COUNT, opened);
    set(RowDotKernel.LIST, rowList.address());
    set(RowDotKernel.INPUT, input.address());
    set(RowDotKernel.GROUPS, up.groups());
    set(RowDotKernel.CODE_BYTES, up.codeBytes());
    set(RowDotKernel.SCALES_BYTES, up.scalesBytes());
    NativeCode.call(kernel, parameters.address(), products);
  }

  /** Adds the open neurons' bias to their products. */
  void addBias(float[] bias, int firstNeuron) {
    for (int k = 0; k < opened; k++) {
      products[k] += bias[firstNeuron + open[k]];
    }
  }

  /** Makes {@code gate * up} of the open neurons, and zero of the others. */
  void gate(float[] gate, int from, int count) {
    Arrays.fill(hidden, 0, count, 0);
    for (int k = 0; k < opened; k++) {
      hidden[open[k]] = gate[from + open[k]] * products[k];
    }
  }

  /**
   * Adds the open neurons' columns to sums.
   *
   * @param count of the chunk's neurons, a multiple of 32
   * @param sums address of as many floats as the columns have rows with padding
   */
  void addDown(NeuronColumns down, int firstNeuron, int count, long sums, MemorySegment kernel) {
    list(down, firstNeuron, count);
    int groups = count / down.format().block();
    int firstGroup = firstNeuron / down.format().block();
    int strips = down.paddedRows() / NeuronColumns.STRIP;
    int early = stripsAhead(groups, strips);
    for (int group = 0; group < groups; group++) {
      int entries = groupEntries[group + 1] - groupEntries[group];
      if (entries > 0) {
        setHead(down.format().offset(), groupScales[group], groupSums[group]);
        long list = columnList.address() + (long) ColumnSumKernel.ENTRY_BYTES * groupEntries[group];
        set(ColumnSumKernel.COUNT, entries);
        set(ColumnSumKernel.LIST, list);
        set(ColumnSumKernel.HEAD, parameters.address() + HEAD);
        set(ColumnSumKernel.SCALES_AHEAD, down.groupBytes());
        long scales = down.scalesAddress(firstGroup + group);
        if (early < strips) {
          askAhead(list, down.stripBytes() * early);
          addStrips(down, 0, strips - early, scales, sums, kernel);
        }
        askAhead(list + (long) ColumnSumKernel.ENTRY_BYTES * entries, 0);
        addStrips(down, strips - early, early, scales, sums, kernel);
      }
    }
  }

  /**
   * Strips after which a column's codes are needed that are asked for now; at its end, those of the
   * next group's columns are. The fewer columns a group has, the more.
   */
  private int stripsAhead(int groups, int strips) {
    int wanted = PIECES_AHEAD * groups / Math.max(1, groupEntries[groups]);
    return Math.min(strips, Math.max(FEWEST_STRIPS_AHEAD, wanted));
  }

  private void askAhead(long list, int offsetBytes) {
    set(ColumnSumKernel.AHEAD, list);
    set(ColumnSumKernel.AHEAD_OFFSET, offsetBytes);
  }

  /** Some strips of a group. */
  private void addStrips(
      NeuronColumns down, int first, int count, long scales, long sums, MemorySegment kernel) {
    int row = first * NeuronColumns.STRIP;
    long rowScales = scales + (long) down.format().scaleBytes() * row;
    set(ColumnSumKernel.SUMS, sums + (long) Float.BYTES * row);
    set(ColumnSumKernel.STRIPS, count);
    set(ColumnSumKernel.SCALES, rowScales);
    set(ColumnSumKernel.MINS, rowScales + down.scalesBytes());
    set(ColumnSumKernel.STRIP_OFFSET, (long) first * down.stripBytes());
    NativeCode.call(kernel, parameters.address());
  }

  private void setHead(int offset, float scale, int sum) {
    parameters.set(ValueLayout.JAVA_INT, HEAD, -offset * sum);
    parameters.set(ValueLayout.JAVA_FLOAT, HEAD + 4, scale);
    parameters.set(ValueLayout.JAVA_FLOAT, HEAD + 8, scale * sum);
  }

  /** Rounds what goes down to eight bits, and lists what is not zero then. */
  private void list(NeuronColumns down, int firstNeuron, int count) {
    int block = down.format().block();
    int entry = 0;
    int columnBytes = down.columnBytes();
    for (int i = 0; i < count; i += block) {
      if (i % EightBits.BLOCK == 0) {
        bits.read(hidden, i);
      }
      int group = i / block;
      groupEntries[group] = entry;
      groupScales[group] = bits.scale();
      int sum = 0;
      long first = down.columnAddress(firstNeuron + i);
      for (int j = 0; j < block; j++) {
        int code = bits.code(i % EightBits.BLOCK + j);
        setEntry(entry, first + (long) j * columnBytes, code);
        entry += code == 0 ? 0 : 1;
        sum += code;
      }
      groupSums[group] = sum;
    }
    groupEntries[count / block] = entry;
    long anywhere = down.columnAddress(firstNeuron);
    for (int i = 0; i < ENTRIES_AHEAD; i++) {
      setEntry(entry + i, anywhere, 0);
    }
  }

  private void setEntry(int entry, long column, int code) {
    columnList.setAtIndex(ValueLayout.JAVA_LONG, 2L * entry, column);
    long value = (code & 0xffL) << ColumnSumKernel.VALUE_SHIFT;
    columnList.setAtIndex(ValueLayout.JAVA_LONG, 2L * entry + 1, value);
  }

  private void set(int parameter, long value) {
    parameters.setAtIndex(ValueLayout.JAVA_LONG, parameter, value);
  }

  /** {@code out[from + i] += sums[first + i]} for {@code i < count}. */
  void add(MemorySegment sums, long first, float[] out, int from, int count) {
    MemorySegment.copy(sums, ValueLayout.JAVA_FLOAT, Float.BYTES * first, part, 0, count);
    for (int i = 0; i < count; i++) {
      out[from + i] += part[i];
    }
  }

  /** The open neurons' rows times the input. */
  float[] products() {
    return products;
  }

  /** What goes down. */
  float[] hidden() {
    return hidden;
  }

  /** How many neurons were open since this was last asked. */
  long takeOpenNeurons() {
    long count = openNeurons;
    openNeurons = 0;
    return count;
  }
}
