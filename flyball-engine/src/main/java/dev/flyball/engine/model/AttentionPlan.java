package dev.flyball.engine.model;

import dev.flyball.kernels.attention.KvLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * How a step's attention is cut to tiles of queries, and these to parts of the context where there
 * are too few of them to keep all workers busy.
 *
 * @param parts of every tile
 */
record AttentionPlan(List<Tile> tiles, int parts) {
  /** Pieces for each worker, so that the last one to finish is not long behind the others. */
  private static final int PIECES_PER_WORKER = 4;

  /** Blocks that are worth a part of their own: some microseconds. */
  private static final int LEAST_BLOCKS = 8;

  /**
   * Some rows of a run of adjacent tokens of one sequence; a row is a query head of a group and a
   * token, tokens first.
   *
   * @param firstToken the run's first token in the step
   * @param firstRow of the tile, counted from the run's first token
   * @param rows of the tile
   */
  record Tile(int firstToken, int firstRow, int rows) {}

  /** Runs of adjacent tokens of a sequence, cut to tiles of nearly equal size. */
  static AttentionPlan of(Step step, AttentionShape shape, int maxRows) {
    List<Tile> tiles = new ArrayList<>();
    int group = shape.heads() / shape.kvHeads();
    int longest = 0;
    int first = 0;
    while (first < step.tokens()) {
      int end = first + 1;
      while (end < step.tokens() && step.sequence(end) == step.sequence(first)) {
        end++;
      }
      int position = step.position(end - 1);
      longest = Math.max(longest, position + 1 - shape.firstVisible(position));
      int rows = (end - first) * group;
      int count = Math.ceilDiv(rows, maxRows);
      for (int i = 0; i < count; i++) {
        int from = (int) ((long) rows * i / count);
        int to = (int) ((long) rows * (i + 1) / count);
        tiles.add(new Tile(first, from, to - from));
      }
      first = end;
    }
    int pieces = tiles.size() * shape.kvHeads();
    return new AttentionPlan(tiles, parts(pieces, longest, step.team().size()));
  }

  private static int parts(int pieces, int longest, int workers) {
    if (workers == 1) {
      return 1;
    }
    int wanted = Math.ceilDiv(workers * PIECES_PER_WORKER, pieces);
    int possible = longest / (LEAST_BLOCKS * KvLayout.BLOCK_TOKENS);
    return Math.max(1, Math.min(wanted, possible));
  }
}
