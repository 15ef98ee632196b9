package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.cache.KvStorage;
import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.kernels.attention.AttentionKernels;
import dev.flyball.kernels.attention.KvLayout;
import dev.flyball.kernels.attention.TileAttention;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention by generated code over a cache in native memory. The queries of adjacent tokens of a
 * sequence, and of all heads that share a key and value head, are attended to in tiles, so that
 * keys and values are read once for each tile.
 */
final class TiledAttention implements CachedAttention, AutoCloseable {
  private static final int BLOCK_TOKENS = KvLayout.BLOCK_TOKENS;
  private static final int TOKENS_PER_PIECE = 16;

  private final AttentionShape shape;
  private final KvLayout layout;
  private final float scale;
  private final AttentionKernels kernels;
  private final Worker[] workers;
  private final List<Tile> tiles = new ArrayList<>();

  /**
   * Some rows of a run of adjacent tokens of one sequence; a row is a query head of a group and a
   * token, tokens first.
   *
   * @param firstToken the run's first token in the step
   * @param firstRow of the tile, counted from the run's first token
   * @param rows of the tile
   */
  private record Tile(int firstToken, int firstRow, int rows) {}

  TiledAttention(
      AttentionShape shape, KvStorage storage, float scale, InstructionSet level, Step step) {
    this.shape = shape;
    this.layout =
        new KvShape(1, shape.kvHeads(), shape.keyLength(), shape.valueLength(), storage).layout();
    this.scale = scale;
    kernels = new AttentionKernels(layout, level);
    workers = new Worker[step.team().size()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(kernels);
    }
  }

  @Override
  public void store(Step step, int layer, float[] keys, float[] values) {
    step.team()
        .run(
            Math.ceilDiv(step.tokens(), TOKENS_PER_PIECE),
            (piece, _) -> {
              int first = piece * TOKENS_PER_PIECE;
              int end = Math.min(step.tokens(), first + TOKENS_PER_PIECE);
              for (int t = first; t < end; t++) {
                storeToken(step, layer, t, keys, values);
              }
            });
  }

  private void storeToken(Step step, int layer, int token, float[] keys, float[] values) {
    int position = step.position(token);
    MemorySegment block = step.sequence(token).memory(position / BLOCK_TOKENS);
    int slot = position % BLOCK_TOKENS;
    for (int head = 0; head < shape.kvHeads(); head++) {
      long at = headOffset(layer, head);
      int row = token * shape.kvHeads() + head;
      layout.putKey(block, at, slot, keys, row * shape.keyLength());
      layout.putValue(block, at, slot, values, row * shape.valueLength());
    }
  }

  private long headOffset(int layer, int head) {
    return ((long) layer * shape.kvHeads() + head) * layout.bytes();
  }

  @Override
  public void attend(Step step, int layer, float[] queries, float[] attended) {
    planTiles(step);
    int heads = shape.kvHeads();
    step.team()
        .run(
            tiles.size() * heads,
            (piece, worker) ->
                workers[worker].attend(
                    step, layer, tiles.get(piece / heads), piece % heads, queries, attended));
  }

  /** Runs of adjacent tokens of a sequence, cut to tiles of nearly equal size. */
  private void planTiles(Step step) {
    tiles.clear();
    int group = shape.heads() / shape.kvHeads();
    int first = 0;
    while (first < step.tokens()) {
      int end = first + 1;
      while (end < step.tokens() && step.sequence(end) == step.sequence(first)) {
        end++;
      }
      int rows = (end - first) * group;
      int count = Math.ceilDiv(rows, kernels.maxQueries());
      for (int i = 0; i < count; i++) {
        int from = (int) ((long) rows * i / count);
        int to = (int) ((long) rows * (i + 1) / count);
        tiles.add(new Tile(first, from, to - from));
      }
      first = end;
    }
  }

  @Override
  public void close() {
    for (Worker worker : workers) {
      worker.attention.close();
    }
    kernels.close();
  }

  /** What one worker attends with. */
  private final class Worker {
    private final TileAttention attention;
    private final int[] position;
    private final int[] firstVisible;
    private final int[] endVisible;
    private long[] addresses = new long[64];

    Worker(AttentionKernels kernels) {
      attention = new TileAttention(kernels);
      position = new int[kernels.maxQueries()];
      firstVisible = new int[kernels.maxQueries()];
      endVisible = new int[kernels.maxQueries()];
    }

    void attend(Step step, int layer, Tile tile, int kvHead, float[] queries, float[] attended) {
      int group = shape.heads() / shape.kvHeads();
      attention.start(tile.rows());
      for (int r = 0; r < tile.rows(); r++) {
        int token = tile.firstToken() + (tile.firstRow() + r) / group;
        position[r] = step.position(token);
        int query = head(tile, r, kvHead, group) + token * shape.heads();
        attention.query(r, queries, query * shape.keyLength(), scale);
      }
      addBlocks(step.sequence(tile.firstToken()), headOffset(layer, kvHead), tile.rows());
      for (int r = 0; r < tile.rows(); r++) {
        int token = tile.firstToken() + (tile.firstRow() + r) / group;
        int query = head(tile, r, kvHead, group) + token * shape.heads();
        attention.finish(r, attended, query * shape.valueLength());
      }
    }

    private int head(Tile tile, int row, int kvHead, int group) {
      return kvHead * group + (tile.firstRow() + row) % group;
    }

    /**
     * Positions grow with the rows: the first row sees least of the end, the last one least of the
     * window's begin.
     */
    private void addBlocks(PagedKvSequence sequence, long headOffset, int rows) {
      int firstBlock = shape.firstVisible(position[0]) / BLOCK_TOKENS;
      int endBlock = position[rows - 1] / BLOCK_TOKENS + 1;
      int firstWhole = Math.ceilDiv(shape.firstVisible(position[rows - 1]), BLOCK_TOKENS);
      int endWhole = (position[0] + 1) / BLOCK_TOKENS;
      int block = firstBlock;
      while (block < endBlock) {
        if (block >= firstWhole && block < endWhole) {
          addWhole(sequence, headOffset, block, endWhole - block);
          block = endWhole;
        } else {
          addPart(sequence, headOffset, block, rows);
          block++;
        }
      }
    }

    private void addWhole(PagedKvSequence sequence, long headOffset, int first, int count) {
      if (addresses.length < count) {
        addresses = new long[2 * count];
      }
      for (int i = 0; i < count; i++) {
        addresses[i] = sequence.memory(first + i).address() + headOffset;
      }
      attention.addBlocks(addresses, 0, count);
    }

    private void addPart(PagedKvSequence sequence, long headOffset, int block, int rows) {
      int from = block * BLOCK_TOKENS;
      for (int r = 0; r < rows; r++) {
        firstVisible[r] = Math.max(0, shape.firstVisible(position[r]) - from);
        endVisible[r] = Math.min(BLOCK_TOKENS, position[r] + 1 - from);
      }
      attention.addMasked(sequence.memory(block).address() + headOffset, firstVisible, endVisible);
    }
  }
}
