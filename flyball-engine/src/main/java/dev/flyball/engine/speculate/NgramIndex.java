package dev.flyball.engine.speculate;

/**
 * Where in a sequence its last tokens stood before: what came behind them then is guessed to come
 * again (prompt lookup: Saxena 2023). A table from each three tokens to their last place, and to
 * the last one before it with another token behind, without chains: of two that meet in a slot the
 * later one stays. Bounded by the sequence and by {@value #MAX_SLOTS} slots. Not thread-safe.
 */
final class NgramIndex {
  /** Fewer tokens are often repeated by chance; more find little that three do not. */
  static final int GRAM = 3;

  static final int MAX_SLOTS = 1 << 16;
  private static final int MIN_SLOTS = 1 << 6;

  /** For each hash the index behind the three tokens; 0: none. */
  private int[] ends = new int[MIN_SLOTS];

  /** For each hash the last such index before it at which another token stands; 0: none. */
  private int[] others = new int[MIN_SLOTS];

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
    return known < GRAM ? 0 : matching(text, ends[slot(text, known)]);
  }

  /**
   * Where they stood before with another token behind them; to be called where {@link #find} found
   * something.
   *
   * @return likewise
   */
  int findOther(DraftedText text) {
    return matching(text, others[slot(text, text.knownTokens())]);
  }

  private static int matching(DraftedText text, int end) {
    return end > 0 && matches(text, end, text.knownTokens()) ? end : 0;
  }

  /** Takes up all that end before an index; each is taken up once. */
  private void index(DraftedText text, int limit) {
    if (2 * limit > ends.length && ends.length < MAX_SLOTS) {
      int slots = Math.min(MAX_SLOTS, Integer.highestOneBit(limit) * 4);
      ends = new int[slots];
      others = new int[slots];
      indexed = GRAM - 1;
    }
    while (indexed < limit) {
      indexed++;
      add(text, indexed);
    }
  }

  private void add(DraftedText text, int end) {
    int slot = slot(text, end);
    int before = ends[slot];
    if (before == 0 || !matches(text, before, end)) {
      others[slot] = 0;
    } else if (text.token(before) != text.token(end)) {
      others[slot] = before;
    }
    ends[slot] = end;
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
