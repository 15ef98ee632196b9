package dev.flyball.engine.model;

import dev.flyball.kernels.attention.KvLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * How a step's attention is cut to tiles of queries, and these to parts of the context where there
 * are too few of them to keep all workers busy. Made again in place for every layer; a step like
 * the last one takes nothing of the heap.
 */
final class AttentionPlan {
  /** Pieces for each worker, so that the last one to finish is not long behind the others. */
  private static final int PIECES_PER_WORKER = 4;

  /** Blocks that are worth a part of their own: some microseconds. */
  private static final int LEAST_BLOCKS = 8;

  private final AttentionShape shape;
  private final CacheFormats formats;
  private final List<Tile> tiles = new ArrayList<>();
  private int count;
  private int parts;

  /**
   * Some rows of a run of adjacent tokens of one sequence; a row is a query head of a group and a
   * token, tokens first.
   *
   * @param firstToken the run's first token in the step
   * @param firstRow of the tile, counted from the run's first token
   * @param rows of the tile
   */
  record Tile(int firstToken, int firstRow, int rows) {
    /** The step's token that a row is of. */
    int token(int row, AttentionShape shape) {
      return firstToken + (firstRow + row) / shape.group();
    }

    /** Which of the step's queries (tokens, heads) a row is, of a key and value head. */
    int query(int row, int kvHead, AttentionShape shape) {
      int inGroup = (firstRow + row) % shape.group();
      return token(row, shape) * shape.heads() + kvHead * shape.group() + inGroup;
    }
  }

  AttentionPlan(AttentionShape shape, CacheFormats formats) {
    this.shape = shape;
    this.formats = formats;
  }

  /** Number of tiles. */
  int tiles() {
    return count;
  }

  Tile tile(int index) {
    return tiles.get(index);
  }

  /** Parts of every tile. */
  int parts() {
    return parts;
  }

  /**
   * Cuts runs of adjacent tokens of a sequence, among the step's from {@code begin} up to {@code
   * behind}, to tiles of nearly equal size.
   */
  void make(Step step, int begin, int behind) {
    count = 0;
    int longest = 0;
    int first = begin;
    while (first < behind) {
      int end = first + 1;
      while (end < behind && step.sequence(end) == step.sequence(first)) {
        end++;
      }
      int position = step.position(end - 1);
      int usual = shape.endVisible(step.place(end - 1), step.sequence(first).length());
      int endVisible = step.sight().endVisible(end - 1, usual);
      longest = Math.max(longest, endVisible - shape.firstVisible(position));
      addRun(first, end, formats.of(step.sequence(first)).maxRows());
      first = end;
    }
    parts = parts(count * shape.kvHeads(), longest, step.team().size());
  }

  private void addRun(int first, int end, int maxRows) {
    int rows = (end - first) * shape.group();
    int pieces = Math.ceilDiv(rows, maxRows);
    for (int i = 0; i < pieces; i++) {
      int from = (int) ((long) rows * i / pieces);
      int to = (int) ((long) rows * (i + 1) / pieces);
      add(first, from, to - from);
    }
  }

  private void add(int firstToken, int firstRow, int rows) {
    if (count == tiles.size()) {
      tiles.add(new Tile(firstToken, firstRow, rows));
    } else if (!matches(tiles.get(count), firstToken, firstRow, rows)) {
      tiles.set(count, new Tile(firstToken, firstRow, rows));
    }
    count++;
  }

  private static boolean matches(Tile tile, int firstToken, int firstRow, int rows) {
    return tile.firstToken() == firstToken && tile.firstRow() == firstRow && tile.rows() == rows;
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
