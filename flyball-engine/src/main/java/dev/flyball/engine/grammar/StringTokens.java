package dev.flyball.engine.grammar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What is known of the tokens that may follow within a JSON string: those of a string of any
 * length, and how many characters each of them has. So those of a string of limited length are
 * found without a walk over the vocabulary. Immutable.
 */
final class StringTokens {
  private final FrameTokens any;

  /** Tokens within the string, those that begin most characters first. */
  private final int[] open;

  private final int[] openCharacters;

  /** Tokens that end the string. */
  private final int[] closing;

  private final int[] closingCharacters;

  /** Nodes of the tree that end the string, and go on. */
  private final int[] ends;

  private final int[] endCharacters;
  private final TokenTrie trie;

  private StringTokens(TokenTrie trie, Counts counts, FrameTokens any) {
    this.trie = trie;
    this.any = any;
    ends = counts.ends.build().toArray();
    open = counts.open.build().toArray();
    openCharacters = Arrays.stream(open).map(token -> counts.characters[token]).toArray();
    closing = counts.closing.build().toArray();
    closingCharacters = Arrays.stream(closing).map(token -> counts.characters[token]).toArray();
    endCharacters = counts.endCharacters.build().toArray();
    sortLongestFirst();
  }

  /**
   * Those of a vocabulary.
   *
   * @param rest where any number of characters and the quotation mark may follow
   */
  static StringTokens of(TokenTrie trie, Recogniser.State rest, TreeWalk walk) {
    Counts counts = new Counts(trie, rest);
    trie.visit(rest, walk, counts);
    return new StringTokens(trie, counts, trie.ofFrame(rest, walk));
  }

  private void sortLongestFirst() {
    int[] order =
        IntStream.range(0, open.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> -openCharacters[i]))
            .mapToInt(i -> i)
            .toArray();
    int[] tokens = Arrays.stream(order).map(i -> open[i]).toArray();
    int[] characters = Arrays.stream(order).map(i -> openCharacters[i]).toArray();
    System.arraycopy(tokens, 0, open, 0, open.length);
    System.arraycopy(characters, 0, openCharacters, 0, open.length);
  }

  /** The tokens of a string of which so many characters may follow. */
  FrameTokens within(LimitedString limits) {
    long[] allowed = any.allowed().toBits();
    for (int i = 0; i < open.length && openCharacters[i] > limits.maxMore(); i++) {
      remove(open[i], allowed);
    }
    for (int i = 0; i < closing.length; i++) {
      if (!fits(closingCharacters[i], limits)) {
        remove(closing[i], allowed);
      }
    }
    int[] fitting =
        IntStream.range(0, ends.length)
            .filter(i -> fits(endCharacters[i], limits))
            .map(i -> ends[i])
            .toArray();
    return new FrameTokens(
        new TokenMask(allowed, trie.vocabularySize()),
        fitting.length == ends.length ? any.ends() : FrameEnds.below(trie, fitting));
  }

  private static boolean fits(int characters, LimitedString limits) {
    return limits.minMore() <= characters && characters <= limits.maxMore();
  }

  private static void remove(int token, long[] allowed) {
    allowed[token >> 6] &= ~(1L << token);
  }

  /** Counts characters on the way down the tree. */
  private static final class Counts implements TreeWalk.Visitor {
    private final TokenTrie trie;
    private final Recogniser.State rest;
    private final int[] complete;
    private final int[] characters;
    private final IntStream.Builder open = IntStream.builder();
    private final IntStream.Builder closing = IntStream.builder();
    private final IntStream.Builder ends = IntStream.builder();
    private final IntStream.Builder endCharacters = IntStream.builder();

    Counts(TokenTrie trie, Recogniser.State rest) {
      this.trie = trie;
      this.rest = rest;
      complete = new int[trie.maxDepth() + 1];
      characters = new int[trie.vocabularySize()];
    }

    @Override
    public void at(int node, int depth, Recogniser.State state) {
      boolean between = state == rest;
      complete[depth] = complete[depth - 1] + (between ? 1 : 0);
      boolean closed = state.isAccepting();
      int begun = complete[depth] + (between || closed ? 0 : 1);
      for (int token : trie.tokensAt(node)) {
        characters[token] = begun;
        (closed ? closing : open).accept(token);
      }
      if (closed && trie.isInner(node)) {
        ends.accept(node);
        endCharacters.accept(begun);
      }
    }
  }
}
