package dev.flyball.engine.model;

import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.engine.model.AttentionPlan.Tile;
import dev.flyball.kernels.attention.KvLayout;

/**
 * The rows of the tile that a worker attends to: which queries they are, and what they see of their
 * sequence. Scratch of one worker; not thread-safe.
 */
final class TileRows {
  private static final int BLOCK_TOKENS = KvLayout.BLOCK_TOKENS;

  private final Step step;
  private final AttentionShape shape;
  private int count;
  private int[] queries = new int[0];
  private int[] tokens = queries;
  private int[] visible = queries;
  private int firstVisible;
  private int endVisible;
  private int allSeeFrom;
  private int allSeeTo;

  TileRows(Step step, AttentionShape shape) {
    this.step = step;
    this.shape = shape;
  }

  /** Takes the rows of a tile of a key and value head. */
  void find(Tile tile, int kvHead) {
    count = tile.rows();
    if (queries.length < count) {
      queries = new int[count];
      tokens = new int[count];
      visible = new int[count];
    }
    for (int r = 0; r < count; r++) {
      tokens[r] = tile.token(r, shape);
      queries[r] = tile.query(r, kvHead, shape);
    }
    measure(step.sequence(tile.firstToken()));
  }

  /** Finds what the rows see from end to end; their places grow, in a tree not so positions. */
  private void measure(PagedKvSequence sequence) {
    firstVisible = Integer.MAX_VALUE;
    endVisible = 0;
    allSeeFrom = 0;
    allSeeTo = Integer.MAX_VALUE;
    for (int token = tokens[0]; token <= tokens[count - 1]; token++) {
      int first = shape.firstVisible(step.position(token));
      firstVisible = Math.min(firstVisible, first);
      allSeeFrom = Math.max(allSeeFrom, first);
      int end = endVisible(sequence, token);
      endVisible = Math.max(endVisible, end);
      allSeeTo = Math.min(allSeeTo, step.sight().seenInLine(token, end));
    }
  }

  /** The place behind the last one that a token sees. */
  private int endVisible(PagedKvSequence sequence, int token) {
    int usual = shape.endVisible(step.place(token), sequence.length());
    return step.sight().endVisible(token, usual);
  }

  /** Which of the step's queries (tokens, heads) each row is; there may be more behind them. */
  int[] queries() {
    return queries;
  }

  /** The first block that any row sees. */
  int firstBlock() {
    return firstVisible / BLOCK_TOKENS;
  }

  /** The block behind the last one that any row sees. */
  int endBlock() {
    return Math.ceilDiv(endVisible, BLOCK_TOKENS);
  }

  /** The first block that all rows see from end to end, if there is one. */
  int firstWholeBlock() {
    return Math.ceilDiv(allSeeFrom, BLOCK_TOKENS);
  }

  /** The block behind the last one that all rows see from end to end. */
  int endWholeBlock() {
    return allSeeTo / BLOCK_TOKENS;
  }

  /** What each row sees of a block, a bit for each token, the first one's the lowest. */
  int[] visible(PagedKvSequence sequence, int block) {
    int from = block * BLOCK_TOKENS;
    for (int r = 0; r < count; ) {
      int token = tokens[r];
      int first = shape.firstVisible(step.position(token));
      int seen = step.sight().visible(token, endVisible(sequence, token), first, from);
      for (; r < count && tokens[r] == token; r++) {
        visible[r] = seen;
      }
    }
    return visible;
  }
}
