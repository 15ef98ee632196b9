package dev.flyball.engine.template;

/**
 * Looks for a part of a text within a range of it.
 *
 * @param from offset into the text
 * @param to offset into the text, or {@link #NOWHERE} where not even an empty needle is found
 */
record TextSearch(String text, int from, int to, String needle) {
  private static final int NOWHERE = -1;

  static TextSearch of(String text, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("sub", "start", "end");
    String needle = bound.text(0);
    int length = PythonText.length(text);
    budget.search(text.length(), needle.length());
    int from = index(bound, 1, 0, length);
    int to = Math.min(index(bound, 2, length, length), length);
    return from > to
        ? new TextSearch(text, 0, NOWHERE, needle)
        : new TextSearch(text, PythonText.offset(text, from), PythonText.offset(text, to), needle);
  }

  /** Counted from the end where negative; may lie beyond the end. */
  private static int index(Arguments.Bound bound, int argument, int none, int length) {
    if (bound.isNone(argument)) {
      return none;
    }
    long index = bound.integer(argument);
    return Math.clamp(index < 0 ? index + length : index, 0, Integer.MAX_VALUE);
  }

  long first() {
    int offset = to == NOWHERE ? -1 : text.indexOf(needle, from, to);
    return offset < 0 ? -1 : text.codePointCount(0, offset);
  }

  long last() {
    int offset = to == NOWHERE ? -1 : text.substring(from, to).lastIndexOf(needle);
    return offset < 0 ? -1 : text.codePointCount(0, from + offset);
  }

  long count() {
    if (to == NOWHERE) {
      return 0;
    }
    if (needle.isEmpty()) {
      return text.codePointCount(from, to) + 1L;
    }
    long count = 0;
    int offset = text.indexOf(needle, from, to);
    while (offset >= 0) {
      count++;
      offset = text.indexOf(needle, offset + needle.length(), to);
    }
    return count;
  }

  /** Replaces the first {@code count} occurrences, or all where it is negative. */
  static String replace(String text, String old, String replacement, long count, Budget budget) {
    budget.search(text.length(), old.length());
    StringBuilder replaced = new StringBuilder();
    int copied = 0;
    int offset = text.indexOf(old);
    for (long left = count < 0 ? Long.MAX_VALUE : count; offset >= 0 && left > 0; left--) {
      replaced.append(text, copied, offset).append(replacement);
      budget.step();
      budget.checkText(replaced.length());
      copied = offset + old.length();
      int next = old.isEmpty() ? nextCharacter(text, offset) : copied;
      offset = next > text.length() ? -1 : text.indexOf(old, next);
    }
    replaced.append(text, copied, text.length());
    budget.text(replaced.length());
    return replaced.toString();
  }

  private static int nextCharacter(String text, int offset) {
    return offset < text.length() ? text.offsetByCodePoints(offset, 1) : offset + 1;
  }
}
