package dev.flyball.engine.model;

import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.attention.KvElement;
import dev.flyball.kernels.attention.KvLayout;
import dev.flyball.kernels.simd.InstructionSet;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Latent attention of many tokens in a row with a key and a value for each head: they are made of
 * the cache's compressed ones, some tokens of the context at a time, and forgotten.
 *
 * <pre>
 * cache                        latents              heads, GROUP_HEADS at a time
 * compressed | rotated  read   compressed (rank)    key: made of compressed | rotated
 * compressed (value)    ----&gt;  compressed (rank)    value: made of compressed
 * </pre>
 *
 * What it takes for that does not grow with the context: see {@link #scratchValuesPerToken}. One
 * for all layers of a shape; used by the thread that calls {@code forward}.
 */
final class ExpandedAttention implements AutoCloseable {
  private static final int BLOCK_TOKENS = KvLayout.BLOCK_TOKENS;

  /**
   * Tokens of the context that are expanded at once, if a step can have as many: a head's keys and
   * values of them stay in a second-level cache, and merging is a small part of attending.
   */
  private static final int TILE_TOKENS = 512;

  /** Heads whose keys and values are there at once. */
  private static final int GROUP_HEADS = 16;

  private final LatentLengths lengths;
  private final ScoreRule scores;
  private final CacheFormats cache;
  private final InstructionSet level;
  private final Step step;
  private final int tileTokens;
  private final LatentTile latents;
  private final AttendedRows rows;
  private final Map<KvElement, ExpandedTile> tiles = new EnumMap<>(KvElement.class);
  private final List<float[]> keys = new ArrayList<>();
  private final List<float[]> values = new ArrayList<>();

  private final WorkerTeam.Piece finishToken;

  ExpandedAttention(
      LatentLengths lengths,
      ScoreRule scores,
      CacheFormats cache,
      InstructionSet level,
      Step step) {
    this.lengths = lengths;
    this.scores = scores;
    this.cache = cache;
    this.level = level;
    this.step = step;
    tileTokens = Math.min(TILE_TOKENS, step.maxTokens() / BLOCK_TOKENS * BLOCK_TOKENS);
    latents = new LatentTile(lengths, tileTokens, step);
    rows = new AttendedRows(lengths.heads(), lengths.valueLength(), step.maxTokens());
    finishToken = (token, _) -> rows.finish(token);
    for (int i = 0; i < groupHeads(lengths); i++) {
      keys.add(new float[tileTokens * lengths.plain()]);
      values.add(new float[tileTokens * lengths.valueLength()]);
    }
  }

  /** Matrices that make keys, or values, of compressed ones: as they are used together. */
  static List<List<Linear>> groups(List<Linear> heads) {
    List<List<Linear>> groups = new ArrayList<>();
    for (int head = 0; head < heads.size(); head += GROUP_HEADS) {
      groups.add(List.copyOf(heads.subList(head, Math.min(heads.size(), head + GROUP_HEADS))));
    }
    return List.copyOf(groups);
  }

  private static int groupHeads(LatentLengths lengths) {
    return Math.min(GROUP_HEADS, lengths.heads());
  }

  /** What is held of each token that is expanded, and of each query. */
  static long scratchValuesPerToken(LatentLengths lengths) {
    long stored = (long) lengths.keyLength() + lengths.valueLength();
    long made = (long) lengths.plain() + lengths.valueLength();
    return 2L * lengths.heads()
        + 2L * lengths.rank()
        + lengths.rotated()
        + groupHeads(lengths) * (stored + made);
  }

  /** Whether it is less work than the other form, and not too little to be worth the way there. */
  boolean isWorthIt(int tokens, int context) {
    return tileTokens > 0 && lengths.isWorthExpanding(tokens, context);
  }

  /**
   * From queries (tokens of the step, heads, keyLength), rotated, of tokens that follow each other
   * in a sequence to {@code out} (tokens of the step, heads, valueLength).
   *
   * @param first the first of the tokens
   * @param end behind the last one
   * @param layer as the cache counts
   * @param keyUp of {@link #groups}
   * @param valueUp likewise
   */
  void attend(
      int first,
      int end,
      int layer,
      List<List<Linear>> keyUp,
      List<List<Linear>> valueUp,
      float[] queries,
      float[] out) {
    PagedKvSequence sequence = step.sequence(first);
    ExpandedTile tile = tile(cache.of(sequence).layout().values());
    int context = step.place(end - 1) + 1;
    rows.begin(end - first, out, first);
    for (int from = 0; from < context; from += tileTokens) {
      int count = Math.min(tileTokens, context - from);
      latents.read(sequence, cache.of(sequence), layer, from, count);
      for (int group = 0; group < keyUp.size(); group++) {
        expand(keyUp.get(group), valueUp.get(group));
        tile.store(group * GROUP_HEADS, keyUp.get(group).size(), latents, keys, values);
        tile.attend(first, end, from, queries, rows);
      }
    }
    step.team().run(end - first, finishToken);
  }

  /** Makes what heads have of the latents. */
  private void expand(List<Linear> keyUp, List<Linear> valueUp) {
    int heads = keyUp.size();
    step.input(latents.ofKeys(), latents.rows(), lengths.rank());
    Linear.applyAllFinely(keyUp, heads == keys.size() ? keys : keys.subList(0, heads));
    step.input(latents.ofValues(), latents.rows(), lengths.rank());
    Linear.applyAllFinely(valueUp, heads == values.size() ? values : values.subList(0, heads));
  }

  /** Halves where the cache has no floats: rounded once more, but by less than it was there. */
  private ExpandedTile tile(KvElement cached) {
    KvElement element = cached == KvElement.F32 ? KvElement.F32 : KvElement.F16;
    return tiles.computeIfAbsent(
        element,
        e ->
            new ExpandedTile(
                new KvLayout(e, lengths.keyLength(), lengths.valueLength()),
                lengths,
                scores,
                groupHeads(lengths),
                tileTokens,
                level,
                step));
  }

  @Override
  public void close() {
    tiles.values().forEach(ExpandedTile::close);
  }
}
