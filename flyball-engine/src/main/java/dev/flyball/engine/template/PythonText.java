package dev.flyball.engine.template;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.IntPredicate;

/**
 * Strings as Python sees them: indexed by code point, with Python's notion of white space. Indices
 * into Java's strings are called offsets here.
 */
final class PythonText {
  private PythonText() {}

  /** {@code str.isspace()} of a character. */
  static boolean isSpace(int codePoint) {
    return (codePoint >= 0x09 && codePoint <= 0x0d)
        || (codePoint >= 0x1c && codePoint <= 0x20)
        || codePoint == 0x85
        || codePoint == 0xa0
        || (codePoint > 0xff && Character.isSpaceChar(codePoint));
  }

  /** Whether {@code str.splitlines()} ends a line here. */
  static boolean isLineBreak(char character) {
    return (character >= 0x0a && character <= 0x0d)
        || (character >= 0x1c && character <= 0x1e)
        || character == 0x85
        || character == 0x2028
        || character == 0x2029;
  }

  static boolean isBlank(String text, int start, int end) {
    for (int i = start; i < end; i++) {
      if (!isSpace(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The offset of a code point's index, which may be the length. */
  static int offset(String text, int index) {
    return text.offsetByCodePoints(0, index);
  }

  static String character(String text, int index) {
    int offset = offset(text, index);
    return text.substring(offset, text.offsetByCodePoints(offset, 1));
  }

  static Iterator<Object> characters(String text) {
    return new Iterator<>() {
      private int offset;

      @Override
      public boolean hasNext() {
        return offset < text.length();
      }

      @Override
      public Object next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        int start = offset;
        offset = text.offsetByCodePoints(offset, 1);
        return text.substring(start, offset);
      }
    };
  }

  /** Cuts characters for which the predicate holds from the start, the end or both. */
  static String strip(String text, boolean start, boolean end, IntPredicate stripped) {
    int from = 0;
    int to = text.length();
    while (start && from < to && stripped.test(text.codePointAt(from))) {
      from += Character.charCount(text.codePointAt(from));
    }
    while (end && from < to && stripped.test(text.codePointBefore(to))) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    return text.substring(from, to);
  }

  /** The first character in upper case, the others in lower case. */
  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return titleCase(text.codePointAt(0)) + lower(text.substring(first));
  }

  /** A letter as the first of a word; some, such as the German sharp s, become two. */
  static String titleCase(int codePoint) {
    int title = Character.toTitleCase(codePoint);
    String upper = upper(Character.toString(codePoint));
    return title != codePoint || length(upper) == 1
        ? Character.toString(title)
        : character(upper, 0) + lower(upper.substring(offset(upper, 1)));
  }

  static String upper(String text) {
    return text.toUpperCase(java.util.Locale.ROOT);
  }

  static String lower(String text) {
    return text.toLowerCase(java.util.Locale.ROOT);
  }

  /** Fills up to a width in code points; {@code left} of the missing characters go to the left. */
  static String pad(String text, int left, int right, String fill, Budget budget) {
    int before = Math.max(left, 0);
    int after = Math.max(right, 0);
    budget.text((long) text.length() + before + after);
    return fill.repeat(before) + text + fill.repeat(after);
  }
}
