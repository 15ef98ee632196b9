package dev.flyball.engine.dialect;

import java.util.regex.Pattern;

/**
 * Finds the end of one JSON value, an object or a string, character by character, and refuses what
 * is no JSON (RFC 8259) at its first wrong character. One thing is allowed beyond it: control
 * characters within strings, since models write line breaks there.
 */
final class JsonScanner {
  /** Nesting has one bit a level. */
  private static final int MAX_DEPTH = 64;

  private static final int MAX_LITERAL = 400;
  private static final Pattern LITERAL =
      Pattern.compile("true|false|null|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

  /** What is known of the value so far. */
  enum Status {
    OPEN,
    COMPLETE,
    INVALID
  }

  private enum Expected {
    VALUE,
    VALUE_OR_END,
    KEY,
    KEY_OR_END,
    COLON,
    SEPARATOR,
    STRING,
    ESCAPE,
    HEX,
    LITERAL
  }

  private final StringBuilder literal = new StringBuilder();
  private Expected expected = Expected.VALUE;
  private boolean key;
  private int hexLeft;
  private long objects;
  private int depth;

  /** Whether the next character stands within a string. */
  boolean inString() {
    return expected == Expected.STRING;
  }

  /** Reads a character; none may follow unless the value is open. */
  Status accept(char next) {
    return switch (expected) {
      case STRING -> string(next);
      case ESCAPE -> escape(next);
      case HEX -> hex(next);
      case LITERAL -> literal(next);
      default -> isBlank(next) ? Status.OPEN : structure(next);
    };
  }

  private Status string(char next) {
    if (next == '\\') {
      return expect(Expected.ESCAPE);
    }
    if (next != '"') {
      return Status.OPEN;
    }
    return key ? expect(Expected.COLON) : valueEnds();
  }

  private Status escape(char next) {
    if (next == 'u') {
      hexLeft = 4;
      return expect(Expected.HEX);
    }
    return "\"\\/bfnrt".indexOf(next) >= 0 ? expect(Expected.STRING) : Status.INVALID;
  }

  private Status hex(char next) {
    if (next > 'f' || Character.digit(next, 16) < 0) {
      return Status.INVALID;
    }
    return --hexLeft == 0 ? expect(Expected.STRING) : Status.OPEN;
  }

  private Status literal(char next) {
    if (isLiteral(next)) {
      literal.append(next);
      return literal.length() <= MAX_LITERAL ? Status.OPEN : Status.INVALID;
    }
    if (depth == 0 || !LITERAL.matcher(literal).matches()) {
      return Status.INVALID;
    }
    expected = Expected.SEPARATOR;
    return accept(next);
  }

  private Status structure(char next) {
    return switch (expected) {
      case VALUE -> value(next);
      case VALUE_OR_END -> next == ']' ? close(next) : value(next);
      case KEY_OR_END -> next == '}' ? close(next) : key(next);
      case KEY -> key(next);
      case COLON -> next == ':' ? expect(Expected.VALUE) : Status.INVALID;
      default -> separator(next);
    };
  }

  private Status value(char next) {
    if (next == '{' || next == '[') {
      return open(next == '{');
    }
    if (next == '"') {
      key = false;
      return expect(Expected.STRING);
    }
    if (!isLiteral(next)) {
      return Status.INVALID;
    }
    literal.setLength(0);
    literal.append(next);
    return expect(Expected.LITERAL);
  }

  private Status key(char next) {
    key = true;
    return next == '"' ? expect(Expected.STRING) : Status.INVALID;
  }

  private Status separator(char next) {
    if (next == ',') {
      return expect(inObject() ? Expected.KEY : Expected.VALUE);
    }
    return next == (inObject() ? '}' : ']') ? close(next) : Status.INVALID;
  }

  private Status open(boolean object) {
    if (depth == MAX_DEPTH) {
      return Status.INVALID;
    }
    objects = objects << 1 | (object ? 1 : 0);
    depth++;
    return expect(object ? Expected.KEY_OR_END : Expected.VALUE_OR_END);
  }

  private Status close(char end) {
    if (inObject() != (end == '}')) {
      return Status.INVALID;
    }
    objects >>>= 1;
    depth--;
    return valueEnds();
  }

  private Status valueEnds() {
    expected = Expected.SEPARATOR;
    return depth == 0 ? Status.COMPLETE : Status.OPEN;
  }

  private Status expect(Expected next) {
    expected = next;
    return Status.OPEN;
  }

  private boolean inObject() {
    return (objects & 1) == 1;
  }

  private static boolean isLiteral(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'E' || "+-.".indexOf(c) >= 0;
  }

  static boolean isBlank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }
}
