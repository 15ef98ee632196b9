package dev.flyball.engine.tokenizer;

import static dev.flyball.engine.tokenizer.CharacterClasses.NEWLINE;
import static dev.flyball.engine.tokenizer.CharacterClasses.WHITESPACE;

/**
 * Recognises a pattern at one position of a text, without backtracking or recursion: what a regular
 * expression does, in time that is linear in the length of what is looked at. The factories'
 * Javadoc gives the expression that each stands for. Immutable.
 */
@FunctionalInterface
interface CharScanner {
  /** What {@link #end} gives where the pattern does not match. */
  int NO_MATCH = -1;

  /**
   * Where the match that begins at a position ends.
   *
   * @param to where the text counts as ended
   * @return more than {@code at}, or {@link #NO_MATCH}
   */
  int end(CodePointText text, int at, int to);

  /** {@code a|b|...}: the first alternative that matches. */
  static CharScanner firstOf(CharScanner... alternatives) {
    CharScanner[] scanners = alternatives.clone();
    return (text, at, to) -> {
      for (CharScanner scanner : scanners) {
        int end = scanner.end(text, at, to);
        if (end != NO_MATCH) {
          return end;
        }
      }
      return NO_MATCH;
    };
  }

  /** {@code [set]+}. */
  static CharScanner run(CharSet set) {
    return run(set, Integer.MAX_VALUE);
  }

  /** {@code [set]{1,longest}}. */
  static CharScanner run(CharSet set, int longest) {
    return (text, at, to) -> orNoMatch(at, endOfRun(set, text, at, limit(at, longest, to)));
  }

  /** {@code [prefix]?[set]+}. */
  static CharScanner prefixedRun(CharSet prefix, CharSet set) {
    return (text, at, to) -> {
      if (at + 1 < to && prefix.contains(text, at) && set.contains(text, at + 1)) {
        return endOfRun(set, text, at + 2, to);
      }
      return orNoMatch(at, endOfRun(set, text, at, to));
    };
  }

  /** <code> ?[set]+</code>. */
  static CharScanner spacedRun(CharSet set) {
    return prefixedRun(CharSet.of(" "), set);
  }

  /** {@code [first][set]+}. */
  static CharScanner pair(CharSet first, CharSet set) {
    return (text, at, to) ->
        at + 1 < to && first.contains(text, at) && set.contains(text, at + 1)
            ? endOfRun(set, text, at + 2, to)
            : NO_MATCH;
  }

  /** {@code a[tail]{0,longest}}: this pattern and what follows it. */
  default CharScanner then(CharSet tail, int longest) {
    return (text, at, to) -> {
      int end = end(text, at, to);
      return end == NO_MATCH ? NO_MATCH : endOfRun(tail, text, end, limit(end, longest, to));
    };
  }

  /** {@code a[tail]*}: this pattern and what follows it. */
  default CharScanner then(CharSet tail) {
    return then(tail, Integer.MAX_VALUE);
  }

  /** {@code a(b)?}: this pattern and another behind it, if that matches. */
  default CharScanner thenOptionally(CharScanner next) {
    return (text, at, to) -> {
      int end = end(text, at, to);
      return end == NO_MATCH ? NO_MATCH : Math.max(end, next.end(text, end, to));
    };
  }

  /** {@code 's|'t|'re|'ve|'m|'ll|'d}, in any case where asked for. */
  static CharScanner contraction(boolean anyCase) {
    return (text, at, to) -> {
      if (at + 1 >= to || text.codePoint(at) != '\'') {
        return NO_MATCH;
      }
      int first = fold(text.codePoint(at + 1), anyCase);
      if (first == 's' || first == 't' || first == 'm' || first == 'd') {
        return at + 2;
      }
      int second = at + 2 < to ? fold(text.codePoint(at + 2), anyCase) : 0;
      boolean isLong =
          (first == 'r' && second == 'e')
              || (first == 'v' && second == 'e')
              || (first == 'l' && second == 'l');
      return isLong ? at + 3 : NO_MATCH;
    };
  }

  private static int fold(int codePoint, boolean anyCase) {
    return anyCase && codePoint >= 'A' && codePoint <= 'Z' ? codePoint + ('a' - 'A') : codePoint;
  }

  /** {@code \s*[\r\n]+}, which ends at the last line break of the white space. */
  static CharScanner lineBreaks() {
    return (text, at, to) -> {
      int end = NO_MATCH;
      for (int i = at; i < to && (text.classes(i) & WHITESPACE) != 0; i++) {
        if ((text.classes(i) & NEWLINE) != 0) {
          end = i + 1;
        }
      }
      return end;
    };
  }

  /** {@code \s+(?!\S)|\s+}: white space, whose last character is left to a word that follows. */
  static CharScanner whitespace() {
    CharSet whitespace = CharSet.anyOf(WHITESPACE);
    return (text, at, to) -> {
      int end = endOfRun(whitespace, text, at, to);
      return orNoMatch(at, end < to && end > at + 1 ? end - 1 : end);
    };
  }

  /**
   * {@code [prefix]?[upper]*[lower]+|[prefix]?[upper]+[lower]*}: a word that ends where lower case
   * turns to upper case. The sets may overlap (letters without case are in both).
   */
  static CharScanner casedWord(CharSet prefix, CharSet upper, CharSet lower) {
    return (text, at, to) -> {
      boolean hasPrefix = prefix.contains(text, at);
      int end = hasPrefix ? upperThenLower(upper, lower, text, at + 1, to) : NO_MATCH;
      if (end == NO_MATCH) {
        end = upperThenLower(upper, lower, text, at, to);
      }
      if (end == NO_MATCH && hasPrefix) {
        end = orNoMatch(at + 1, endOfRun(upper, text, at + 1, to));
      }
      return end == NO_MATCH ? orNoMatch(at, endOfRun(upper, text, at, to)) : end;
    };
  }

  /** {@code [upper]*[lower]+}, giving back what the first part took too much. */
  private static int upperThenLower(
      CharSet upper, CharSet lower, CodePointText text, int at, int to) {
    int endOfUpper = endOfRun(upper, text, at, to);
    int end = endOfRun(lower, text, endOfUpper, to);
    if (end > endOfUpper) {
      return end;
    }
    for (int last = endOfUpper; last > at; last--) {
      if (lower.contains(text, last - 1)) {
        return last;
      }
    }
    return NO_MATCH;
  }

  private static int endOfRun(CharSet set, CodePointText text, int at, int to) {
    int end = at;
    while (end < to && set.contains(text, end)) {
      end++;
    }
    return end;
  }

  private static int limit(int at, int longest, int to) {
    return to - at > longest ? at + longest : to;
  }

  private static int orNoMatch(int at, int end) {
    return end > at ? end : NO_MATCH;
  }
}
