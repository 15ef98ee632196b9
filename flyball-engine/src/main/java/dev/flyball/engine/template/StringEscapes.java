package dev.flyball.engine.template;

import java.util.Locale;

/**
 * Decodes the escape sequences of Python string literals ("The Python Language Reference", 2.4.1).
 * An unknown sequence stays as it is, backslash included.
 */
final class StringEscapes {
  private final String literal;
  private final int line;
  private final StringBuilder text = new StringBuilder();
  private int position;

  private StringEscapes(String literal, int line) {
    this.literal = literal;
    this.line = line;
  }

  static String decode(String literal, int line) {
    return literal.indexOf('\\') < 0 ? literal : new StringEscapes(literal, line).decode();
  }

  private String decode() {
    while (position < literal.length()) {
      char next = literal.charAt(position++);
      if (next == '\\' && position < literal.length()) {
        decodeEscape(literal.charAt(position++));
      } else {
        text.append(next);
      }
    }
    return text.toString();
  }

  private void decodeEscape(char escape) {
    switch (escape) {
      case '\n' -> {}
      case '\\', '\'', '"' -> text.append(escape);
      case 'a' -> text.append('\u0007');
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 't' -> text.append('\t');
      case 'v' -> text.append('\u000b');
      case 'x' -> appendHex(2);
      case 'u' -> appendHex(4);
      case 'U' -> appendHex(8);
      case 'N' -> appendNamed();
      case '0', '1', '2', '3', '4', '5', '6', '7' -> appendOctal();
      default -> text.append('\\').append(escape);
    }
  }

  private void appendHex(int digits) {
    int end = position + digits;
    long codePoint = 0;
    for (; position < end; position++) {
      int digit = position < literal.length() ? Character.digit(literal.charAt(position), 16) : -1;
      if (digit < 0) {
        throw Failure.syntax(line, "expected " + digits + " hexadecimal digits after the escape");
      }
      codePoint = codePoint * 16 + digit;
    }
    if (codePoint > Character.MAX_CODE_POINT) {
      throw Failure.syntax(line, "expected a character code of at most 10FFFF in the escape");
    }
    text.appendCodePoint((int) codePoint);
  }

  private void appendOctal() {
    int end = Math.min(position + 2, literal.length());
    int code = Character.digit(literal.charAt(position - 1), 8);
    while (position < end && Character.digit(literal.charAt(position), 8) >= 0) {
      code = code * 8 + Character.digit(literal.charAt(position++), 8);
    }
    text.append((char) code);
  }

  private void appendNamed() {
    int close = literal.indexOf('}', position);
    if (close < 0 || literal.charAt(position) != '{') {
      throw Failure.syntax(line, "expected {NAME} after \\N");
    }
    String name = literal.substring(position + 1, close);
    position = close + 1;
    try {
      text.appendCodePoint(Character.codePointOf(name.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException unknown) {
      throw Failure.syntax(line, "unknown character name '" + name + "'");
    }
  }
}
