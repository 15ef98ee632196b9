package dev.flyball.kernels.attention;

import dev.flyball.kernels.code.NativeCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Attention of one tile of queries, all of one key-value head, over blocks that are added in any
 * number of calls.
 *
 * <p>Use: {@code start}, {@link #addBlocks} and {@link #addMasked}, {@link #finish}. Scratch of one
 * worker; not thread-safe.
 */
public final class TileAttention implements AutoCloseable {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  /** Blocks that one call of a kernel takes: some tens of microseconds. */
  private static final int BLOCKS_PER_CALL = 64;

  private final AttentionKernels kernels;
  private final KvLayout layout;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment parameters;
  private final MemorySegment startParameters;
  private final MemorySegment finishParameters;
  private final MemorySegment scale;
  private final ScoreMasks masks;
  private final MemorySegment addresses;
  private final MemorySegment stateMemory;

  /** For each query {@link TileStartKernel#ROW_BYTES}, on the way to native memory. */
  private final long[] offsets;

  private final MemorySegment rowMemory;

  /** For each number of queries. */
  private final TileState[] states;

  private TileState state;
  private int queries;

  /** Length of the array that rows of the tile were found to lie in. */
  private int outLength;

  public TileAttention(AttentionKernels kernels) {
    this.kernels = kernels;
    layout = kernels.layout();
    int most = kernels.maxQueries();
    states = new TileState[most + 1];
    for (int i = 1; i <= most; i++) {
      states[i] = new TileState(i, layout.paddedValues());
    }
    state = states[most];
    scale = arena.allocate(FLOAT);
    masks = new ScoreMasks(arena, most);
    addresses = arena.allocate(LONG, BLOCKS_PER_CALL + 1);
    stateMemory = arena.allocate(state.bytes(), 64);
    offsets = new long[2 * most];
    rowMemory = arena.allocate(LONG, 2L * most);
    MemorySegment scaledQueries = arena.allocate(4L * most * layout.keyLength(), 64);
    parameters = arena.allocate(LONG, AttentionKernel.PARAMETERS);
    set(parameters, AttentionKernel.QUERIES, scaledQueries.address());
    set(parameters, AttentionKernel.BLOCKS, addresses.address());
    set(parameters, AttentionKernel.STATE, stateMemory.address());
    startParameters = arena.allocate(LONG, TileStartKernel.PARAMETERS);
    set(startParameters, TileStartKernel.ROWS, rowMemory.address());
    set(startParameters, TileStartKernel.QUERIES, scaledQueries.address());
    set(startParameters, TileStartKernel.SCALE, scale.address());
    set(startParameters, TileStartKernel.MAXIMA, stateMemory.address() + state.maximum(0));
    finishParameters = arena.allocate(LONG, TileFinishKernel.PARAMETERS);
    set(finishParameters, TileFinishKernel.ROWS, rowMemory.address());
  }

  private static void set(MemorySegment parameters, int index, long value) {
    parameters.setAtIndex(LONG, index, value);
  }

  /**
   * Begins a tile.
   *
   * @param values rows of {@code keyLength} values, some of which are the queries
   * @param rows which row each query is, and which row of {@code out} its values will be
   * @param queries how many, at most {@link AttentionKernels#maxQueries()}
   * @param scale what scores are multiplied by
   * @param out rows of {@code valueLength} values for {@link #finish}, asked for from memory
   * @param ahead rows from here to those that a later tile is likely to begin with, which are asked
   *     for likewise
   */
  public void start(float[] values, int[] rows, int queries, float scale, float[] out, int ahead) {
    start(values, rows, queries, scale, out, layout.valueLength(), ahead);
    outLength = out.length;
  }

  /**
   * Begins a tile that {@link #finishPart} ends. As {@link #start(float[], int[], int, float,
   * float[], int)} but for the results, which have no rows.
   */
  public void startPart(float[] values, int[] rows, int queries, float scale, int ahead) {
    start(values, rows, queries, scale, values, 0, ahead);
    outLength = -1;
  }

  private void start(
      float[] values, int[] rows, int queries, float scale, float[] out, int outRow, int ahead) {
    if (queries < 1 || queries > kernels.maxQueries()) {
      throw new IllegalArgumentException(
          queries + " queries; a tile has 1 to " + kernels.maxQueries());
    }
    this.queries = queries;
    state = states[queries];
    int inValues = values.length / layout.keyLength();
    putRows(rows, outRow == 0 ? inValues : Math.min(inValues, out.length / outRow), outRow);
    this.scale.set(FLOAT, 0, (float) (scale / OnlineSoftmax.UNIT));
    set(startParameters, TileStartKernel.COUNT, queries);
    set(startParameters, TileStartKernel.SUMS, stateMemory.address() + state.sum(0));
    set(startParameters, TileStartKernel.OUT, stateMemory.address() + state.out(0));
    set(startParameters, TileStartKernel.AHEAD, (long) ahead * Float.BYTES * layout.keyLength());
    NativeCode.call(kernels.start(), startParameters.address(), values, out);
  }

  private void putRows(int[] rows, int count, int outRow) {
    for (int q = 0; q < queries; q++) {
      long row = Objects.checkIndex(rows[q], count);
      offsets[2 * q] = row * Float.BYTES * layout.keyLength();
      offsets[2 * q + 1] = row * Float.BYTES * outRow;
    }
    MemorySegment.copy(offsets, 0, rowMemory, LONG, 0, 2 * queries);
  }

  /**
   * Attends to whole blocks with all queries.
   *
   * @param blockAddresses of this head's blocks, and behind them of one that is likely to be wanted
   *     next, by this tile or another: it is asked for from memory
   * @param first the first of them to attend to
   * @param count how many
   */
  public void addBlocks(long[] blockAddresses, int first, int count) {
    for (int done = 0; done < count; done += BLOCKS_PER_CALL) {
      int now = Math.min(BLOCKS_PER_CALL, count - done);
      MemorySegment.copy(blockAddresses, first + done, addresses, LONG, 0, now + 1);
      call(now, masks.none(), KvLayout.BLOCK_TOKENS);
    }
  }

  /**
   * Attends to a part of one block.
   *
   * @param blockAddresses as for {@link #addBlocks}
   * @param index of the block
   * @param visible for each query the tokens of the block that it attends to, a bit for each, the
   *     first token's the lowest
   */
  public void addMasked(long[] blockAddresses, int index, int[] visible) {
    int any = 0;
    for (int q = 0; q < queries; q++) {
      masks.set(q, visible[q]);
      any |= visible[q];
    }
    MemorySegment.copy(blockAddresses, index, addresses, LONG, 0, 2);
    call(1, masks.rows(), Integer.SIZE - Integer.numberOfLeadingZeros(any));
  }

  /**
   * @param tokens of each block, those behind them being hidden from all queries
   */
  private void call(int blocks, MemorySegment maskRows, int tokens) {
    set(parameters, AttentionKernel.COUNT, blocks);
    set(parameters, AttentionKernel.MASK, maskRows.address());
    set(parameters, AttentionKernel.VALUE_ROUNDS, AttentionKernel.valueRounds(tokens));
    NativeCode.call(kernels.kernel(queries), parameters.address());
  }

  /**
   * Writes the {@code valueLength} values that each query comes to.
   *
   * @param out as it was given to {@link #start}
   */
  public void finish(float[] out) {
    if (out.length != outLength) {
      throw new IllegalArgumentException("not the array that the tile was begun with");
    }
    set(finishParameters, TileFinishKernel.COUNT, queries);
    set(finishParameters, TileFinishKernel.SUMS, stateMemory.address() + state.sum(0));
    set(finishParameters, TileFinishKernel.OUT, stateMemory.address() + state.out(0));
    NativeCode.call(kernels.finish(), finishParameters.address(), out);
  }

  /** Writes what query {@code index} has come to so far, for {@link PartialAttention} to merge. */
  public void finishPart(int index, float[] parts, int offset) {
    parts[offset] = stateMemory.get(FLOAT, state.maximum(index));
    parts[offset + 1] = sum(index);
    int from = offset + PartialAttention.HEADER;
    MemorySegment.copy(stateMemory, FLOAT, state.out(index), parts, from, layout.valueLength());
  }

  private float sum(int index) {
    float sum = 0;
    for (int lane = 0; lane < kernels.lanes(); lane++) {
      sum += stateMemory.get(FLOAT, state.sum(index) + 4L * lane);
    }
    return sum;
  }

  @Override
  public void close() {
    arena.close();
  }
}
