package dev.flyball.engine.speculate;

/**
 * Guesses behind a text: several may continue the same one, and each comes behind the one that it
 * continues. What is verified together is in the order in which it was added (tree attention: Miao
 * et al., arXiv:2305.09781). Not thread-safe.
 */
final class GuessTree {
  /** Guesses at most: what each continues is a set of bits of an int. */
  static final int MOST = Integer.SIZE;

  /** Stands for the last known token, which the first guesses continue. */
  static final int ROOT = -1;

  /** No guess. */
  static final int NONE = -2;

  private final int[] tokens = new int[MOST];
  private final int[] continues = new int[MOST];
  private final int[] seen = new int[MOST];
  private int size;
  private int inLine;

  int size() {
    return size;
  }

  boolean isFull() {
    return size == MOST;
  }

  int token(int guess) {
    return tokens[guess];
  }

  /** The guesses that one continues, and itself: a bit for each, guess 0 the lowest. */
  int seen(int guess) {
    return seen[guess];
  }

  /** Whether each of the first so many guesses continues the one before it. */
  boolean isInLine(int count) {
    return count <= inLine;
  }

  void clear() {
    size = 0;
    inLine = 0;
  }

  /**
   * Adds a guess.
   *
   * @param behind the guess that it continues, or {@link #ROOT}
   * @return which it is
   */
  int add(int behind, int token) {
    int guess = size++;
    tokens[guess] = token;
    continues[guess] = behind;
    seen[guess] = (behind == ROOT ? 0 : seen[behind]) | 1 << guess;
    if (behind == guess - 1 && inLine == guess) {
      inLine = size;
    }
    return guess;
  }

  /** Which of the first so many guesses is this token behind another one, or {@link #NONE}. */
  int find(int behind, int token, int count) {
    for (int guess = behind + 1; guess < count; guess++) {
      if (continues[guess] == behind && tokens[guess] == token) {
        return guess;
      }
    }
    return NONE;
  }
}
