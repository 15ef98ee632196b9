package dev.flyball.engine.speculate;

import dev.flyball.engine.cache.KvSequence;

/** The draft model's keys and values of one sequence, kept in step with it. */
final class DraftMemory {
  private final KvSequence keys;

  /** Guesses that were fed behind the tokens known then. */
  private final int[] fed = new int[Speculation.MAX_DEPTH];

  private int fedFrom;

  DraftMemory(KvSequence keys) {
    this.keys = keys;
  }

  KvSequence keys() {
    return keys;
  }

  /** Takes back what turned out wrong, and the last known token: its logits are wanted. */
  void agreeWith(DraftedText text) {
    int known = text.knownTokens();
    int limit = Math.min(keys.length(), known - 1);
    int agreed = Math.min(fedFrom, limit);
    while (agreed < limit && text.token(agreed) == fed[agreed - fedFrom]) {
      agreed++;
    }
    if (agreed < keys.length()) {
      keys.truncate(agreed);
    }
    fedFrom = known;
  }

  /** Notes a guess that is fed next. */
  void feeds(int guess) {
    fed[keys.length() - fedFrom] = guess;
  }

  void close() {
    keys.close();
  }
}
