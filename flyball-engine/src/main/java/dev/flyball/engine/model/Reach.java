package dev.flyball.engine.model;

/** Which of the tokens of its sequence a token attends to; itself always. */
public sealed interface Reach {
  /** Whether a token sees some behind it: its sequence has to be computed in one step. */
  default boolean seesAhead() {
    return false;
  }

  /** The first position that the token at {@code position} sees. */
  int firstVisible(int position);

  /**
   * The position behind the last one that it sees.
   *
   * @param length tokens of the sequence so far, those of the step under way included
   */
  default int endVisible(int position, int length) {
    return position + 1;
  }

  /** All of those before it. */
  record Everything() implements Reach {
    @Override
    public int firstVisible(int position) {
      return 0;
    }
  }

  /** Itself and the {@code tokens - 1} before it, a sliding window (arXiv:2310.06825). */
  record Window(int tokens) implements Reach {
    @Override
    public int firstVisible(int position) {
      return Math.max(0, position - tokens + 1);
    }
  }

  /** Those that are in the same chunk of {@code tokens} tokens of the sequence (Llama 4). */
  record Chunk(int tokens) implements Reach {
    @Override
    public int firstVisible(int position) {
      return position / tokens * tokens;
    }
  }

  /** All, those behind it too (BERT). */
  record WholeText() implements Reach {
    @Override
    public boolean seesAhead() {
      return true;
    }

    @Override
    public int firstVisible(int position) {
      return 0;
    }

    @Override
    public int endVisible(int position, int length) {
      return length;
    }
  }

  /**
   * Itself and those at most {@code tokens / 2} before and behind it (ModernBERT,
   * arXiv:2412.13663).
   */
  record Around(int tokens) implements Reach {
    @Override
    public boolean seesAhead() {
      return true;
    }

    @Override
    public int firstVisible(int position) {
      return Math.max(0, position - tokens / 2);
    }

    @Override
    public int endVisible(int position, int length) {
      return (int) Math.min(length, (long) position + tokens / 2 + 1);
    }
  }

  /** A window of so many tokens; 0 is everything. */
  static Reach window(int tokens) {
    return tokens == 0 ? new Everything() : new Window(tokens);
  }
}
