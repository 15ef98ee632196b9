package dev.flyball.engine.model;

import dev.flyball.kernels.attention.AttentionKernels;
import dev.flyball.kernels.attention.KvLayout;
import dev.flyball.kernels.attention.KvStoreKernel;
import dev.flyball.kernels.attention.PartialAttention;
import dev.flyball.kernels.attention.TileAttention;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Keys and values of some heads and some tokens of a context, stored for generated code: (heads,
 * blocks). Attended to by the rows of a step.
 */
final class ExpandedTile implements AutoCloseable {
  private static final int BLOCK_TOKENS = KvLayout.BLOCK_TOKENS;

  private final KvLayout layout;
  private final LatentLengths lengths;
  private final ScoreRule scores;
  private final int maxBlocks;
  private final Step step;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final KvStoreKernel storing;
  private final AttentionKernels kernels;
  private final Worker[] workers;
  private int firstHead;
  private int heads;
  private int blocks;

  ExpandedTile(
      KvLayout layout,
      LatentLengths lengths,
      ScoreRule scores,
      int maxHeads,
      int maxTokens,
      InstructionSet level,
      Step step) {
    this.layout = layout;
    this.lengths = lengths;
    this.scores = scores;
    this.step = step;
    maxBlocks = maxTokens / BLOCK_TOKENS;
    memory = arena.allocate((long) maxHeads * maxBlocks * layout.bytes(), 64);
    storing = new KvStoreKernel(layout, level);
    kernels = new AttentionKernels(layout, scores.softCap(), level);
    workers = new Worker[step.team().size()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker();
    }
  }

  private long offsetBytes(int head, int block) {
    return ((long) head * maxBlocks + block) * layout.bytes();
  }

  /**
   * Takes the keys and values of {@code heads} heads from {@code firstHead} on, of the tokens that
   * the latents are of.
   *
   * @param keys for each head (tokens, plain)
   * @param values for each head (tokens, valueLength)
   */
  void store(
      int firstHead, int heads, LatentTile latents, List<float[]> keys, List<float[]> values) {
    this.firstHead = firstHead;
    this.heads = heads;
    blocks = latents.blocks();
    step.team()
        .run(
            heads * blocks,
            (piece, worker) -> {
              int head = piece / blocks;
              int block = piece % blocks;
              workers[worker].store(head, block, latents, keys.get(head), values.get(head));
            });
  }

  /**
   * Lets tokens that follow each other in a sequence attend to what was stored last.
   *
   * @param end behind the last of them
   * @param from the place of the first token stored
   * @param queries (tokens of the step, all heads, keyLength)
   * @param rows of the tokens from {@code first} on
   */
  void attend(int first, int end, int from, float[] queries, AttendedRows rows) {
    int tokens = end - first;
    int pieces = Math.ceilDiv(tokens, kernels.maxQueries());
    step.team()
        .run(
            heads * pieces,
            (piece, worker) -> {
              int part = piece % pieces;
              int begin = (int) ((long) tokens * part / pieces);
              int count = (int) ((long) tokens * (part + 1) / pieces) - begin;
              workers[worker].attend(piece / pieces, first, begin, count, from, queries, rows);
            });
  }

  @Override
  public void close() {
    for (Worker worker : workers) {
      worker.attention.close();
    }
    kernels.close();
    storing.close();
    arena.close();
  }

  /** What one worker stores and attends with. */
  private final class Worker {
    private final TileAttention attention = new TileAttention(kernels);
    private final MemorySegment parameters = arena.allocate(KvStoreKernel.PARAMETER_BYTES, 8);
    private final float[] keys = new float[BLOCK_TOKENS * lengths.keyLength()];
    private final float[] part = new float[PartialAttention.length(lengths.valueLength())];
    private final int[] visible = new int[kernels.maxQueries()];
    private final int[] queryRows = new int[kernels.maxQueries()];
    private final long[] addresses = new long[maxBlocks + 1];

    void store(int head, int block, LatentTile latents, float[] plain, float[] values) {
      int first = block * BLOCK_TOKENS;
      for (int t = 0; t < BLOCK_TOKENS; t++) {
        int key = t * lengths.keyLength();
        System.arraycopy(plain, (first + t) * lengths.plain(), keys, key, lengths.plain());
        System.arraycopy(
            latents.rotated(),
            (first + t) * lengths.rotated(),
            keys,
            key + lengths.plain(),
            lengths.rotated());
      }
      long at = offsetBytes(head, block);
      storing.putKeys(memory, at, 0, BLOCK_TOKENS, keys, 0, lengths.keyLength(), parameters);
      int length = lengths.valueLength();
      storing.putValues(memory, at, 0, BLOCK_TOKENS, values, first * length, length, parameters);
    }

    void attend(
        int head, int first, int begin, int count, int from, float[] queries, AttendedRows rows) {
      int place = step.place(first + begin) - from;
      int endVisible = Math.min(place + count, blocks * BLOCK_TOKENS);
      if (endVisible <= 0) {
        return;
      }
      for (int r = 0; r < count; r++) {
        queryRows[r] = (first + begin + r) * lengths.heads() + firstHead + head;
      }
      attention.startPart(queries, queryRows, count, scores.scale(), 0);
      findAddresses(head, Math.ceilDiv(endVisible, BLOCK_TOKENS));
      int whole = Math.clamp((place + 1L) / BLOCK_TOKENS, 0, blocks);
      attention.addBlocks(addresses, 0, whole);
      for (int block = whole; block * BLOCK_TOKENS < endVisible; block++) {
        addMasked(block, place, count);
      }
      for (int r = Math.max(0, -place); r < count; r++) {
        attention.finishPart(r, part, 0);
        rows.add(begin + r, firstHead + head, part, 0);
      }
    }

    /** The addresses of a head's blocks, and behind them the first one's: the next piece's, too. */
    private void findAddresses(int head, int count) {
      for (int block = 0; block < count; block++) {
        addresses[block] = memory.address() + offsetBytes(head, block);
      }
      addresses[count] = addresses[0];
    }

    /** Each query sees the tokens up to its own. */
    private void addMasked(int block, int place, int count) {
      for (int r = 0; r < count; r++) {
        int here = place + r + 1 - block * BLOCK_TOKENS;
        int seen = Math.max(0, Math.min(BLOCK_TOKENS, here));
        visible[r] = seen == BLOCK_TOKENS ? -1 : (1 << seen) - 1;
      }
      attention.addMasked(addresses, block, visible);
    }
  }
}
