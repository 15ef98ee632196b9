package dev.flyball.engine.model;

/**
 * What tokens see of a tree of guesses: verifying several continuations in one pass takes a mask
 * among them (tree attention: Miao et al., arXiv:2305.09781). A token of a tree sees all that lies
 * before the tree, and of the tree itself and the guesses that it continues.
 *
 * <pre>
 * places     0 1 2 3 | 4 5 6 7      4 begins the tree; 5 and 6 continue 4, 7 continues 6
 * positions          | 4 5 5 6      7 sees 4, 6 and itself: bits 0, 2 and 3
 * </pre>
 *
 * Tokens in line see all before them, and those of an {@link EmbeddedSpan} also what is behind them
 * in it.
 *
 * <p>Not thread-safe while it changes.
 */
public final class TreeSight {
  private final int[] begins;
  private final int[] seen;
  private final int[] ends;

  TreeSight(int tokens) {
    begins = new int[tokens];
    seen = new int[tokens];
    ends = new int[tokens];
  }

  /** Token {@code i} of the step is in line: it sees all before it. */
  void setInLine(int i) {
    setInLine(i, 0);
  }

  /** Token {@code i} is in line, and sees what is behind it, too, up to the place {@code end}. */
  void setInLine(int i, int end) {
    begins[i] = 0;
    seen[i] = 0;
    ends[i] = end;
  }

  /** Token {@code i} stands in a tree that begins at a place and sees these guesses of it. */
  void set(int i, int begin, int seenGuesses) {
    begins[i] = begin;
    seen[i] = seenGuesses;
    ends[i] = 0;
  }

  /** Token {@code i} sees what a token of another step sees. */
  void copy(int i, TreeSight from, int token) {
    set(i, from.begins[token], from.seen[token]);
    ends[i] = from.ends[token];
  }

  /** Whether a token sees all places before its own. */
  boolean isInLine(int i) {
    return seen[i] == 0;
  }

  /**
   * The place behind the last one that a token sees.
   *
   * @param usual where the layer alone decides
   */
  int endVisible(int i, int usual) {
    return Math.max(usual, ends[i]);
  }

  /** The position of a token that lies at a place. */
  int position(int i, int place) {
    return isInLine(i) ? place : begins[i] + Integer.bitCount(seen[i]) - 1;
  }

  /**
   * Up to where a token sees every place, if nothing else hides it.
   *
   * @param endVisible the place behind the last one that it sees
   */
  int seenInLine(int i, int endVisible) {
    return isInLine(i) ? endVisible : begins[i];
  }

  /**
   * Where the token lies that a token sees at a position.
   *
   * @param position at most its own
   */
  public int placeAt(int i, int position) {
    int guess = position - begins[i];
    if (isInLine(i) || guess < 0) {
      return position;
    }
    int rest = seen[i];
    for (int skipped = 0; skipped < guess; skipped++) {
      rest &= rest - 1;
    }
    return begins[i] + Integer.numberOfTrailingZeros(rest);
  }

  /**
   * What a token sees of 32 places, a bit for each, the first one's the lowest.
   *
   * @param endVisible the place behind the last one that it sees
   * @param firstVisible the first position that it may see
   * @param from the first of the places
   */
  int visible(int i, int endVisible, int firstVisible, int from) {
    int bits = range(firstVisible - from, seenInLine(i, endVisible) - from);
    if (isInLine(i)) {
      return bits;
    }
    int guesses = seen[i];
    for (int hidden = begins[i]; hidden < firstVisible; hidden++) {
      guesses &= guesses - 1;
    }
    int shift = begins[i] - from;
    return bits | (shift >= 0 ? shiftLeft(guesses, shift) : shiftRight(guesses, -shift));
  }

  private static int range(int first, int end) {
    return shiftLeft(-1, Math.max(0, first)) & ~shiftLeft(-1, Math.max(0, end));
  }

  private static int shiftLeft(int bits, int by) {
    return by < Integer.SIZE ? bits << by : 0;
  }

  private static int shiftRight(int bits, int by) {
    return by < Integer.SIZE ? bits >>> by : 0;
  }
}
