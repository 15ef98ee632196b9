package dev.flyball.kernels.attention;

import dev.flyball.kernels.code.NativeCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Attention of one tile of queries, all of one key-value head, over blocks that are added in any
 * number of calls.
 *
 * <p>Use: {@link #start}, {@link #query} for each, {@link #addBlocks} and {@link #addMasked},
 * {@link #finish} for each. Scratch of one worker; not thread-safe.
 */
public final class TileAttention implements AutoCloseable {
  /** Below every score that matters, and finite, so that differences of maxima are never NaN. */
  private static final float NO_SCORE = -1e30f;

  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final AttentionKernels kernels;
  private final KvLayout layout;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment parameters;
  private final MemorySegment queriesMemory;
  private final ScoreMasks masks;
  private final MemorySegment addresses;
  private final MemorySegment stateMemory;
  private final float[] initial;
  private final float[] row;

  /** For each number of queries. */
  private final TileState[] states;

  private TileState state;
  private int queries;

  /** Blocks that one call of a kernel takes: some tens of microseconds. */
  private static final int BLOCKS_PER_CALL = 64;

  public TileAttention(AttentionKernels kernels) {
    this.kernels = kernels;
    layout = kernels.layout();
    int most = kernels.maxQueries();
    states = new TileState[most + 1];
    for (int i = 1; i <= most; i++) {
      states[i] = new TileState(i, layout.paddedValues());
    }
    state = states[most];
    parameters = arena.allocate(LONG, AttentionKernel.PARAMETERS);
    queriesMemory = arena.allocate(4L * most * layout.keyLength(), 64);
    masks = new ScoreMasks(arena, most);
    addresses = arena.allocate(LONG, BLOCKS_PER_CALL + 1);
    stateMemory = arena.allocate(state.bytes(), 64);
    initial = new float[state.bytes() / 4];
    row = new float[Math.max(TileState.VECTOR, layout.keyLength())];
  }

  /** Begins a tile of so many queries, at most {@link AttentionKernels#maxQueries()}. */
  public void start(int queries) {
    if (queries < 1 || queries > kernels.maxQueries()) {
      throw new IllegalArgumentException(
          queries + " queries; a tile has 1 to " + kernels.maxQueries());
    }
    this.queries = queries;
    state = states[queries];
    int floats = state.bytes() / 4;
    Arrays.fill(initial, 0, state.factor(0) / 4, NO_SCORE);
    Arrays.fill(initial, state.factor(0) / 4, floats, 0f);
    MemorySegment.copy(initial, 0, stateMemory, FLOAT, 0, floats);
  }

  /** Sets query {@code index} to {@code scale} times {@code keyLength} values. */
  public void query(int index, float[] values, int offset, float scale) {
    int length = layout.keyLength();
    for (int d = 0; d < length; d++) {
      row[d] = values[offset + d] * scale;
    }
    MemorySegment.copy(row, 0, queriesMemory, FLOAT, 4L * index * length, length);
  }

  /**
   * Attends to whole blocks with all queries.
   *
   * @param blockAddresses of this head's blocks
   * @param first the first of them to attend to
   * @param count how many
   */
  public void addBlocks(long[] blockAddresses, int first, int count) {
    for (int done = 0; done < count; done += BLOCKS_PER_CALL) {
      int now = Math.min(BLOCKS_PER_CALL, count - done);
      MemorySegment.copy(blockAddresses, first + done, addresses, LONG, 0, now);
      int following = Math.min(done + now, count - 1);
      addresses.setAtIndex(LONG, now, blockAddresses[first + following]);
      call(now, masks.none());
    }
  }

  /**
   * Attends to a part of one block.
   *
   * @param visible for each query the tokens of the block that it attends to, a bit for each, the
   *     first token's the lowest
   */
  public void addMasked(long blockAddress, int[] visible) {
    for (int q = 0; q < queries; q++) {
      masks.set(q, visible[q]);
    }
    addresses.setAtIndex(LONG, 0, blockAddress);
    addresses.setAtIndex(LONG, 1, blockAddress);
    call(1, masks.rows());
  }

  private void call(int blocks, MemorySegment maskRows) {
    parameters.setAtIndex(LONG, AttentionKernel.QUERIES, queriesMemory.address());
    parameters.setAtIndex(LONG, AttentionKernel.BLOCKS, addresses.address());
    parameters.setAtIndex(LONG, AttentionKernel.COUNT, blocks);
    parameters.setAtIndex(LONG, AttentionKernel.MASK, maskRows.address());
    parameters.setAtIndex(LONG, AttentionKernel.STATE, stateMemory.address());
    NativeCode.call(kernels.kernel(queries), parameters.address());
  }

  /** Writes the {@code valueLength} values that query {@code index} comes to. */
  public void finish(int index, float[] out, int offset) {
    float inverse = 1 / sum(index);
    int length = layout.valueLength();
    MemorySegment.copy(stateMemory, FLOAT, state.out(index), out, offset, length);
    for (int i = offset; i < offset + length; i++) {
      out[i] *= inverse;
    }
  }

  /** Writes what query {@code index} has come to so far, for {@link PartialAttention} to merge. */
  public void finishPart(int index, float[] parts, int offset) {
    parts[offset] = stateMemory.get(FLOAT, state.maximum(index));
    parts[offset + 1] = sum(index);
    int from = offset + PartialAttention.HEADER;
    MemorySegment.copy(stateMemory, FLOAT, state.out(index), parts, from, layout.valueLength());
  }

  private float sum(int index) {
    MemorySegment.copy(stateMemory, FLOAT, state.sum(index), row, 0, TileState.VECTOR);
    float sum = 0;
    for (int lane = 0; lane < kernels.lanes(); lane++) {
      sum += row[lane];
    }
    return sum;
  }

  @Override
  public void close() {
    arena.close();
  }
}
