package dev.flyball.engine.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The methods of strings that cut them into parts. */
final class TextSplitting {
  private TextSplitting() {}

  static Object split(String text, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("sep", "maxsplit");
    long limit = bound.integer(1, -1);
    List<Object> parts =
        bound.isNone(0) ? atSpace(text, limit) : atSeparator(text, separator(bound), limit, budget);
    budget.items(parts.size());
    return parts;
  }

  static Object splitFromRight(String text, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("sep", "maxsplit");
    long limit = bound.integer(1, -1);
    if (limit < 0) {
      return split(text, arguments, budget);
    }
    List<Object> parts =
        bound.isNone(0)
            ? atSpaceFromRight(text, limit)
            : atSeparatorFromRight(text, separator(bound), limit, budget);
    budget.items(parts.size());
    return parts;
  }

  private static String separator(Arguments.Bound bound) {
    String separator = bound.text(0);
    if (separator.isEmpty()) {
      throw Failure.render("the separator is an empty string");
    }
    return separator;
  }

  private static List<Object> atSpace(String text, long limit) {
    List<Object> parts = new ArrayList<>();
    int position = skipSpace(text, 0);
    while (position < text.length()) {
      if (parts.size() == limit) {
        parts.add(text.substring(position));
        break;
      }
      int end = position;
      while (end < text.length() && !PythonText.isSpace(text.charAt(end))) {
        end++;
      }
      parts.add(text.substring(position, end));
      position = skipSpace(text, end);
    }
    return parts;
  }

  private static int skipSpace(String text, int from) {
    int position = from;
    while (position < text.length() && PythonText.isSpace(text.charAt(position))) {
      position++;
    }
    return position;
  }

  private static List<Object> atSpaceFromRight(String text, long limit) {
    List<Object> parts = new ArrayList<>();
    int end = skipSpaceBack(text, text.length());
    while (end > 0) {
      if (parts.size() == limit) {
        parts.add(text.substring(skipSpace(text, 0), end));
        break;
      }
      int start = end;
      while (start > 0 && !PythonText.isSpace(text.charAt(start - 1))) {
        start--;
      }
      parts.add(text.substring(start, end));
      end = skipSpaceBack(text, start);
    }
    Collections.reverse(parts);
    return parts;
  }

  private static int skipSpaceBack(String text, int from) {
    int position = from;
    while (position > 0 && PythonText.isSpace(text.charAt(position - 1))) {
      position--;
    }
    return position;
  }

  private static List<Object> atSeparator(
      String text, String separator, long limit, Budget budget) {
    budget.search(text.length(), separator.length());
    List<Object> parts = new ArrayList<>();
    int start = 0;
    int end = text.indexOf(separator);
    while (end >= 0 && parts.size() != limit) {
      budget.step();
      parts.add(text.substring(start, end));
      start = end + separator.length();
      end = text.indexOf(separator, start);
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static List<Object> atSeparatorFromRight(
      String text, String separator, long limit, Budget budget) {
    budget.search(text.length(), separator.length());
    List<Object> parts = new ArrayList<>();
    int end = text.length();
    int start = text.lastIndexOf(separator);
    while (start >= 0 && parts.size() != limit) {
      budget.step();
      parts.add(text.substring(start + separator.length(), end));
      end = start;
      start = text.lastIndexOf(separator, end - separator.length());
    }
    parts.add(text.substring(0, end));
    Collections.reverse(parts);
    return parts;
  }

  static Object splitLines(String text, Arguments arguments, Budget budget) {
    boolean keepEnds = arguments.bind("keepends").truth(0, false);
    List<Object> lines = lines(text, keepEnds);
    budget.items(lines.size());
    return lines;
  }

  /** The lines of a text; the last counts only where it is not empty. */
  static List<Object> lines(String text, boolean keepEnds) {
    List<Object> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (PythonText.isLineBreak(text.charAt(i))) {
        int end = i;
        if (text.startsWith("\r\n", i)) {
          i++;
        }
        lines.add(text.substring(start, keepEnds ? i + 1 : end));
        start = i + 1;
      }
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }

  static Object partition(String text, Arguments arguments, Budget budget) {
    String separator = separator(arguments.bind("sep"));
    budget.search(text.length(), separator.length());
    int at = text.indexOf(separator);
    return at < 0 ? Tuple.of(text, "", "") : around(text, at, separator);
  }

  static Object partitionFromRight(String text, Arguments arguments, Budget budget) {
    String separator = separator(arguments.bind("sep"));
    budget.search(text.length(), separator.length());
    int at = text.lastIndexOf(separator);
    return at < 0 ? Tuple.of("", "", text) : around(text, at, separator);
  }

  private static Tuple around(String text, int at, String separator) {
    return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
  }
}
