package dev.flyball.engine.dialect;

import java.util.OptionalInt;

/** Counts the tokens of thought, and says when there were enough. Not thread-safe. */
final class ThoughtMeter {
  /** Tokens that may still complete a character when the thought is over. */
  private static final int MAX_COMPLETING = 3;

  private final OptionalInt max;
  private int tokens;
  private int openBytes;

  /**
   * @param max tokens that may be thought; nothing: any number
   */
  ThoughtMeter(OptionalInt max) {
    this.max = max;
  }

  int tokens() {
    return tokens;
  }

  boolean allowsNone() {
    return max.isPresent() && max.getAsInt() == 0;
  }

  /** Counts a token by its bytes. */
  void count(byte[] bytes) {
    tokens++;
    for (byte value : bytes) {
      int lead = value & 0xFF;
      openBytes =
          lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : Math.max(openBytes - 1, 0);
    }
  }

  /** Whether no more may be thought. A character that is open may be completed. */
  boolean isSpent() {
    return max.isPresent()
        && tokens >= max.getAsInt()
        && (openBytes == 0 || tokens >= max.getAsInt() + MAX_COMPLETING);
  }
}
