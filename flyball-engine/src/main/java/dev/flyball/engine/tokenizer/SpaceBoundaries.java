package dev.flyball.engine.tokenizer;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Cuts a text with marked spaces (U+2581) before a space, wherever no piece of the vocabulary
 * reaches over the cut. Tokens come out the same as without cuts, since no merge can cross them,
 * but words are short and can be cached.
 */
final class SpaceBoundaries implements TextSplitter {
  /** The character that stands for a space. */
  static final int MARK = 0x2581;

  /** Characters that stand before a space within some piece. */
  private final Set<Integer> joined = new HashSet<>();

  /**
   * Looks at the pieces of a vocabulary.
   *
   * @param pieces all that merges can result in
   */
  SpaceBoundaries(Stream<String> pieces) {
    pieces.forEach(
        piece -> {
          for (int at = piece.indexOf(MARK, 1); at > 0; at = piece.indexOf(MARK, at + 1)) {
            joined.add(piece.codePointBefore(at));
          }
        });
    joined.add(MARK);
  }

  @Override
  public void split(CodePointText text, int from, int to, IntList ends) {
    for (int at = from + 1; at < to; at++) {
      if (text.codePoint(at) == MARK && !joined.contains(text.codePoint(at - 1))) {
        ends.add(at);
      }
    }
    ends.add(to);
  }
}
