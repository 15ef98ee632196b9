package dev.flyball.kernels.attention;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the scores of a block begin with, for each query of a tile: 0 for tokens that it sees and
 * minus infinity for others. Most are windows of one fixed row; a query that sees neither the
 * block's first nor its last token, or one that does not see all between, gets a row of its own.
 *
 * <pre>
 * fixed   -inf x BLOCK_TOKENS   0 x BLOCK_TOKENS   -inf x BLOCK_TOKENS
 * </pre>
 */
final class ScoreMasks {
  private static final int TOKENS = KvLayout.BLOCK_TOKENS;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final MemorySegment fixed;
  private final MemorySegment own;
  private final MemorySegment rows;
  private final MemorySegment none;

  ScoreMasks(Arena arena, int queries) {
    fixed = arena.allocate(4L * 3 * TOKENS, 64);
    own = arena.allocate(4L * queries * TOKENS, 64);
    rows = arena.allocate(LONG, queries);
    none = arena.allocate(LONG, queries);
    for (int i = 0; i < 3 * TOKENS; i++) {
      boolean visible = i >= TOKENS && i < 2 * TOKENS;
      fixed.setAtIndex(FLOAT, i, visible ? 0 : Float.NEGATIVE_INFINITY);
    }
    for (int q = 0; q < queries; q++) {
      none.setAtIndex(LONG, q, fixedFrom(TOKENS));
    }
  }

  private long fixedFrom(int index) {
    return fixed.address() + 4L * index;
  }

  /** The addresses of rows that hide nothing. */
  MemorySegment none() {
    return none;
  }

  /** The addresses of the rows that were set. */
  MemorySegment rows() {
    return rows;
  }

  /** Lets a query see the tokens whose bits are set, the block's first token being the lowest. */
  void set(int query, int visible) {
    rows.setAtIndex(LONG, query, row(query, visible));
  }

  private long row(int query, int visible) {
    int count = Integer.bitCount(visible);
    if (count == Integer.numberOfTrailingZeros(~visible)) {
      return fixedFrom(2 * TOKENS - count);
    }
    if (count == Integer.numberOfLeadingZeros(~visible)) {
      return fixedFrom(count);
    }
    for (int token = 0; token < TOKENS; token++) {
      float mask = (visible >>> token & 1) == 1 ? 0 : Float.NEGATIVE_INFINITY;
      own.setAtIndex(FLOAT, (long) query * TOKENS + token, mask);
    }
    return own.address() + 4L * query * TOKENS;
  }
}
