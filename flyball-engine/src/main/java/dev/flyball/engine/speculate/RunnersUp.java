package dev.flyball.engine.speculate;

/**
 * What was nearly guessed instead of each guess of a line. Each is of a kind, by who had it and how
 * near it was, and how often those of a kind are right is learned from every line that is verified,
 * whether or not they were guesses themselves. Not thread-safe.
 */
final class RunnersUp {
  /** The other continuation of what stood twice before in the text. */
  static final int OF_NGRAMS = 0;

  static final int KINDS = 5;
  static final int NONE = -1;

  /** From which closeness on a draft model's runner-up is of the next kind. */
  private static final double[] CLOSENESS = {0.1, 0.3, 0.6};

  private final int[] tokens = new int[Speculation.MAX_DEPTH];
  private final int[] kinds = new int[Speculation.MAX_DEPTH];
  private int size;

  /** The kind of a draft model's runner-up that was so near to its guess; 0 to 1: as good. */
  static int kindOfModel(double closeness) {
    int kind = OF_NGRAMS + 1;
    for (double limit : CLOSENESS) {
      kind += closeness >= limit ? 1 : 0;
    }
    return kind;
  }

  void clear() {
    size = 0;
  }

  /** Adds that of the guess that follows in the line. */
  void add(int token, int kind) {
    tokens[size] = token;
    kinds[size] = kind;
    size++;
  }

  /** Where there is none for the guess that follows in the line. */
  void addNone() {
    add(NONE, OF_NGRAMS);
  }

  /** The runner-up of a guess of the line, or {@link #NONE}. */
  int token(int depth) {
    return depth < size ? tokens[depth] : NONE;
  }

  int kind(int depth) {
    return kinds[depth];
  }
}
