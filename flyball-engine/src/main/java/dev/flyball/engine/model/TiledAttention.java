package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.engine.model.AttentionPlan.Tile;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.attention.KvLayout;
import dev.flyball.kernels.attention.KvStoreKernel;
import dev.flyball.kernels.attention.PartialAttention;
import dev.flyball.kernels.attention.TileAttention;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Attention by generated code over a cache in native memory. The queries of adjacent tokens of a
 * sequence, and of all heads that share a key and value head, are attended to in tiles, so that
 * keys and values are read once for each tile.
 */
final class TiledAttention implements CachedAttention, AutoCloseable {
  private static final int BLOCK_TOKENS = KvLayout.BLOCK_TOKENS;

  /** From so many tokens on, workers share the writing of keys and values. */
  private static final int TOKENS_WORTH_A_ROUND = 4;

  private final AttentionShape shape;
  private final ScoreRule scores;
  private final CacheFormats formats;
  private final Worker[] workers;

  private final Step step;
  private final AttentionPlan plan;

  // What is under way, for the pieces of a run.
  private final WorkerTeam.Piece storeHead = this::storeHead;
  private final WorkerTeam.Piece attendPiece = this::attendPiece;
  private final WorkerTeam.Piece mergePiece = (piece, _) -> mergePiece(piece);
  private int layer;
  private float[] keys = new float[0];
  private float[] values = keys;
  private float[] queries = keys;
  private float[] attended = keys;
  private float[] sinks = keys;

  /**
   * Rows of tiles that were attended to in parts: (kvHeads, tiles, parts, rows, part). A sink is
   * one more part.
   */
  private float[] parts = new float[0];

  TiledAttention(
      AttentionShape shape, KvShape cache, ScoreRule scores, InstructionSet level, Step step) {
    this.shape = shape;
    this.scores = scores;
    this.step = step;
    workers = new Worker[step.team().size()];
    formats = new CacheFormats(shape.cacheLayer(), cache, scores.softCap(), level, workers.length);
    plan = new AttentionPlan(shape, formats);
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i, formats.usual());
    }
  }

  @Override
  public void store(Step step, int layer, float[] keys, float[] values) {
    this.layer = layer;
    this.keys = keys;
    this.values = values;
    formats.prepare(step);
    if (step.tokens() < TOKENS_WORTH_A_ROUND) {
      for (int head = 0; head < shape.kvHeads(); head++) {
        storeHead(head, 0);
      }
    } else {
      step.team().run(shape.kvHeads(), storeHead);
    }
  }

  /** One worker has a head's tokens: two of them share a byte where keys have four bits. */
  private void storeHead(int head, int worker) {
    for (int t = 0; t < step.tokens(); ) {
      int count = tokensOfBlock(t, step.tokens());
      storeTokens(t, count, head, workers[worker].parameters);
      t += count;
    }
  }

  /** How many tokens from one on are adjacent and go into the same block. */
  private int tokensOfBlock(int first, int end) {
    int place = step.place(first);
    int most = Math.min(end - first, BLOCK_TOKENS - place % BLOCK_TOKENS);
    int count = 1;
    while (count < most
        && step.sequence(first + count) == step.sequence(first)
        && step.place(first + count) == place + count) {
      count++;
    }
    return count;
  }

  private void storeTokens(int token, int count, int head, MemorySegment parameters) {
    int place = step.place(token);
    PagedKvSequence sequence = step.sequence(token);
    CacheFormat format = formats.of(sequence);
    KvStoreKernel storing = format.storing();
    MemorySegment block = sequence.memory(place / BLOCK_TOKENS);
    int slot = place % BLOCK_TOKENS;
    long at = format.headOffsetBytes(layer, head);
    int row = token * shape.kvHeads() + head;
    int key = row * shape.keyLength();
    int value = row * shape.valueLength();
    storing.putKeys(block, at, slot, count, keys, key, shape.keyColumns(), parameters);
    storing.putValues(block, at, slot, count, values, value, shape.valueColumns(), parameters);
  }

  /** Piece after piece of one head: workers that are at it together share its keys in a cache. */
  @Override
  public void attend(Step step, int layer, float[] queries, float[] sinks, float[] attended) {
    this.layer = layer;
    this.queries = queries;
    this.attended = attended;
    this.sinks = sinks;
    plan.make(step);
    int tiles = shape.kvHeads() * plan.tiles();
    int pieces = tiles * plan.parts();
    if (parts() == 1) {
      step.team().run(pieces, attendPiece);
      return;
    }
    int floats = tiles * parts() * partStride();
    parts = parts.length < floats ? new float[floats] : parts;
    step.team().run(pieces, attendPiece);
    step.team().run(tiles, mergePiece);
  }

  /** Parts of every tile that are merged. */
  private int parts() {
    return plan.parts() + (sinks.length > 0 ? 1 : 0);
  }

  private void attendPiece(int piece, int worker) {
    int count = plan.parts();
    int ofHead = piece / count;
    int head = ofHead / plan.tiles();
    Tile tile = plan.tile(ofHead % plan.tiles());
    workers[worker].attend(tile, head, piece % count, count);
    if (parts() == 1) {
      workers[worker].finish(tile, head);
    } else {
      workers[worker].finishPart(tile, (ofHead * parts() + piece % count) * partStride());
    }
  }

  private void mergePiece(int piece) {
    Tile tile = plan.tile(piece % plan.tiles());
    int head = piece / plan.tiles();
    int first = piece * parts();
    if (sinks.length > 0) {
      putSinks(tile, head, (first + plan.parts()) * partStride());
    }
    merge(tile, head, first, parts());
  }

  /** Each row's sink as a part: a score, its weight 1 as the sum, values of 0. */
  private void putSinks(Tile tile, int kvHead, int offset) {
    int length = PartialAttention.length(shape.valueLength());
    for (int r = 0; r < tile.rows(); r++) {
      int at = offset + r * length;
      Arrays.fill(parts, at, at + length, 0);
      parts[at] = sinks[query(tile, r, kvHead) % shape.heads()];
      parts[at + 1] = 1;
    }
  }

  private int partStride() {
    return formats.maxRows() * PartialAttention.length(shape.valueLength());
  }

  private void merge(Tile tile, int kvHead, int firstPart, int count) {
    int length = shape.valueLength();
    for (int r = 0; r < tile.rows(); r++) {
      int first = firstPart * partStride() + r * PartialAttention.length(length);
      int out = query(tile, r, kvHead) * length;
      PartialAttention.merge(parts, first, partStride(), count, length, attended, out);
    }
  }

  /** Which of the step's query heads (tokens, heads) a row is. */
  private int query(Tile tile, int row, int kvHead) {
    int group = shape.heads() / shape.kvHeads();
    int ofRun = tile.firstRow() + row;
    int token = tile.firstToken() + ofRun / group;
    return token * shape.heads() + kvHead * group + ofRun % group;
  }

  @Override
  public void close() {
    formats.close();
  }

  /** What one worker attends with. */
  private final class Worker {
    private final int index;
    private final MemorySegment parameters =
        Arena.ofAuto().allocate(KvStoreKernel.PARAMETER_BYTES, 8);
    private TileAttention attention;
    private int[] tokens = new int[0];
    private int[] visible = tokens;

    // What the rows of the tile under way see: any of them, and all of them.
    private int firstVisible;
    private int allSeeFrom;
    private int allSeeTo;
    private long[] addresses = new long[64];

    Worker(int index, CacheFormat usual) {
      this.index = index;
      attention = usual.attention(index);
    }

    private void start(CacheFormat format, int rows) {
      attention = format.attention(index);
      attention.start(rows);
      if (tokens.length < rows) {
        tokens = new int[formats.maxRows()];
        visible = new int[formats.maxRows()];
      }
    }

    /** Attends to part {@code part} of {@code count} of a tile's context. */
    void attend(Tile tile, int kvHead, int part, int count) {
      PagedKvSequence sequence = step.sequence(tile.firstToken());
      CacheFormat format = formats.of(sequence);
      start(format, tile.rows());
      for (int r = 0; r < tile.rows(); r++) {
        int query = query(tile, r, kvHead);
        tokens[r] = query / shape.heads();
        attention.query(r, queries, query * shape.keyLength(), scores.scale());
      }
      measure(sequence, tile.rows());
      int firstBlock = firstVisible / BLOCK_TOKENS;
      int endVisible = endVisible(sequence, tokens[tile.rows() - 1]);
      int blocks = Math.ceilDiv(endVisible, BLOCK_TOKENS) - firstBlock;
      int from = firstBlock + (int) ((long) blocks * part / count);
      int end = firstBlock + (int) ((long) blocks * (part + 1) / count);
      addBlocks(sequence, format.headOffsetBytes(layer, kvHead), tile.rows(), from, end);
    }

    void finish(Tile tile, int kvHead) {
      for (int r = 0; r < tile.rows(); r++) {
        attention.finish(r, attended, query(tile, r, kvHead) * shape.valueLength());
      }
    }

    void finishPart(Tile tile, int offset) {
      int length = PartialAttention.length(shape.valueLength());
      for (int r = 0; r < tile.rows(); r++) {
        attention.finishPart(r, parts, offset + r * length);
      }
    }

    /** Finds what the rows see from end to end; their places grow, in a tree not so positions. */
    private void measure(PagedKvSequence sequence, int rows) {
      firstVisible = Integer.MAX_VALUE;
      allSeeFrom = 0;
      allSeeTo = Integer.MAX_VALUE;
      for (int r = 0; r < rows; r++) {
        int first = shape.firstVisible(step.position(tokens[r]));
        firstVisible = Math.min(firstVisible, first);
        allSeeFrom = Math.max(allSeeFrom, first);
        allSeeTo = Math.min(allSeeTo, seenInLine(sequence, tokens[r]));
      }
    }

    /** The place behind the last one that a token sees. */
    private int endVisible(PagedKvSequence sequence, int token) {
      int usual = shape.endVisible(step.place(token), sequence.length());
      return step.sight().endVisible(token, usual);
    }

    private int seenInLine(PagedKvSequence sequence, int token) {
      return step.sight().seenInLine(token, endVisible(sequence, token));
    }

    private void addBlocks(
        PagedKvSequence sequence, long headOffset, int rows, int firstBlock, int endBlock) {
      int firstWhole = Math.ceilDiv(allSeeFrom, BLOCK_TOKENS);
      int endWhole = Math.min(endBlock, allSeeTo / BLOCK_TOKENS);
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
        int token = tokens[r];
        int first = shape.firstVisible(step.position(token));
        visible[r] = step.sight().visible(token, endVisible(sequence, token), first, from);
      }
      attention.addMasked(sequence.memory(block).address() + headOffset, visible);
    }
  }
}
