package dev.flyball.engine.dialect;

import dev.flyball.units.TokenIds;
import java.util.OptionalInt;

/** Tokens that come next whatever the model wants. Not thread-safe. */
final class ForcedTokens {
  private TokenIds tokens = TokenIds.empty();
  private int next;

  void force(TokenIds these) {
    tokens = these;
    next = 0;
  }

  boolean isEmpty() {
    return next == tokens.size();
  }

  OptionalInt first() {
    return isEmpty() ? OptionalInt.empty() : OptionalInt.of(tokens.get(next));
  }

  /** Whether the token that came was forced. */
  boolean accept() {
    if (isEmpty()) {
      return false;
    }
    next++;
    return true;
  }
}
