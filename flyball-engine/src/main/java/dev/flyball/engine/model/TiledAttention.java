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
import java.util.Optional;

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
  private final InstructionSet level;
  private final AttentionPlan plan;
  private Optional<ExpandedAttention> expanded = Optional.empty();

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
    this.level = level;
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
  public void attend(
      Step step, int first, int end, int layer, float[] queries, float[] sinks, float[] attended) {
    this.layer = layer;
    this.queries = queries;
    this.attended = attended;
    this.sinks = sinks;
    plan.make(step, first, end);
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
    workers[worker].attend(tile, head, piece % count, count, likelyNext(piece));
    if (parts() == 1) {
      workers[worker].attention.finish(attended);
    } else {
      workers[worker].finishPart(tile, (ofHead * parts() + piece % count) * partStride());
    }
  }

  /**
   * Where the piece that a worker is likely to have next begins to read: the first block that it
   * sees, where pieces have their whole context.
   */
  private long likelyNext(int piece) {
    int next = Math.min(piece + workers.length, shape.kvHeads() * plan.tiles() * plan.parts() - 1);
    int ofHead = next / plan.parts();
    Tile tile = plan.tile(ofHead % plan.tiles());
    int token = tile.token(0, shape);
    PagedKvSequence sequence = step.sequence(token);
    int block = shape.firstVisible(step.position(token)) / BLOCK_TOKENS;
    return sequence.memory(block).address()
        + formats.of(sequence).headOffsetBytes(layer, ofHead / plan.tiles());
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
      parts[at] = PartialAttention.maximum(sinks[tile.query(r, kvHead, shape) % shape.heads()]);
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
      int out = tile.query(r, kvHead, shape) * length;
      PartialAttention.merge(parts, first, partStride(), count, length, attended, out);
    }
  }

  @Override
  public Optional<ExpandedAttention> expanded(LatentLengths lengths) {
    if (expanded.isEmpty()) {
      expanded = Optional.of(new ExpandedAttention(lengths, scores, formats, level, step));
    }
    return expanded;
  }

  @Override
  public void close() {
    expanded.ifPresent(ExpandedAttention::close);
    formats.close();
  }

  /** What one worker attends with. */
  private final class Worker {
    private final int index;
    private final MemorySegment parameters =
        Arena.ofAuto().allocate(KvStoreKernel.PARAMETER_BYTES, 8);
    private final TileRows rows = new TileRows(step, shape);
    private TileAttention attention;
    private long[] addresses = new long[64];

    Worker(int index, CacheFormat usual) {
      this.index = index;
      attention = usual.attention(index);
    }

    /**
     * Attends to part {@code part} of {@code count} of a tile's context.
     *
     * @param next address of a block that is likely to be wanted after it
     */
    void attend(Tile tile, int kvHead, int part, int count, long next) {
      PagedKvSequence sequence = step.sequence(tile.firstToken());
      CacheFormat format = formats.of(sequence);
      rows.find(tile, kvHead);
      attention = format.attention(index);
      attention.start(
          queries, rows.queries(), tile.rows(), scores.scale(), attended, queriesAhead(tile));
      int first = rows.firstBlock();
      int blocks = rows.endBlock() - first;
      int from = first + (int) ((long) blocks * part / count);
      int end = first + (int) ((long) blocks * (part + 1) / count);
      addBlocks(sequence, format.headOffsetBytes(layer, kvHead), from, end, next);
    }

    /** Queries from this tile to the one that this worker is likely to attend to next. */
    private int queriesAhead(Tile tile) {
      return Math.ceilDiv(workers.length * tile.rows(), shape.group()) * shape.heads();
    }

    void finishPart(Tile tile, int offset) {
      int length = PartialAttention.length(shape.valueLength());
      for (int r = 0; r < tile.rows(); r++) {
        attention.finishPart(r, parts, offset + r * length);
      }
    }

    private void addBlocks(
        PagedKvSequence sequence, long headOffset, int firstBlock, int endBlock, long next) {
      findAddresses(sequence, headOffset, firstBlock, endBlock, next);
      int firstWhole = rows.firstWholeBlock();
      int endWhole = Math.min(endBlock, rows.endWholeBlock());
      int block = firstBlock;
      while (block < endBlock) {
        int at = block - firstBlock;
        if (block >= firstWhole && block < endWhole) {
          attention.addBlocks(addresses, at, endWhole - block);
          block = endWhole;
        } else {
          attention.addMasked(addresses, at, rows.visible(sequence, block));
          block++;
        }
      }
    }

    /** The addresses of a head's blocks, and of one that is likely to be wanted after them. */
    private void findAddresses(
        PagedKvSequence sequence, long headOffset, int firstBlock, int endBlock, long next) {
      int count = endBlock - firstBlock;
      if (addresses.length <= count) {
        addresses = new long[2 * count];
      }
      for (int i = 0; i < count; i++) {
        addresses[i] = sequence.memory(firstBlock + i).address() + headOffset;
      }
      addresses[count] = next;
    }
  }
}
