package dev.flyball.engine.speculate;

/**
 * Where in a sequence its last tokens stood before: what came behind them then is guessed to come
 * again (prompt lookup: Saxena 2023). A table from each three tokens to their last place, without
 * chains: of two that meet in a slot the later one stays. Bounded by the sequence and by {@value
 * #MAX_SLOTS} slots. Not thread-safe.
 */
final class NgramIndex {
  /** Fewer tokens are often repeated by chance; more find little that three do not. */
  static final int GRAM = 3;

  static final int MAX_SLOTS = 1 << 16;
  private static final int MIN_SLOTS = 1 << 6;

  /** For each hash the index behind the three tokens; 0: none. */
  private int[] ends = new int[MIN_SLOTS];

  private int indexed = GRAM - 1;

  /**
   * Where the last three tokens stood before.
   *
   * @return the index of the token that came behind them, less than the number of known tokens; 0
   *     where they are new
   */
  int find(DraftedText text) {
    int known = text.knownTokens();
    index(text, known - 1);
    if (known < GRAM) {
      return 0;
    }
    int end = ends[slot(text, known)];
    return end > 0 && matches(text, end, known) ? end : 0;
  }

  /** Takes up all that end before an index; each is taken up once. */
  private void index(DraftedText text, int limit) {
    if (2 * limit > ends.length && ends.length < MAX_SLOTS) {
      int slots = Math.min(MAX_SLOTS, Integer.highestOneBit(limit) * 4);
      ends = new int[slots];
      indexed = GRAM - 1;
    }
    while (indexed < limit) {
      indexed++;
      ends[slot(text, indexed)] = indexed;
    }
  }

  private static boolean matches(DraftedText text, int end, int known) {
    for (int back = 1; back <= GRAM; back++) {
      if (text.token(end - back) != text.token(known - back)) {
        return false;
      }
    }
    return true;
  }

  private int slot(DraftedText text, int end) {
    int hash = 0;
    for (int back = 1; back <= GRAM; back++) {
      hash = (hash ^ text.token(end - back)) * 0x9E3779B9;
      hash ^= hash >>> 15;
    }
    return hash & (ends.length - 1);
  }
}
