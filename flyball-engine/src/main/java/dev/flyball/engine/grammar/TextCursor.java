package dev.flyball.engine.grammar;

import dev.flyball.engine.EngineException;

/** Reads a source text character by character (code points, not halves of them). */
final class TextCursor {
  static final int END = -1;

  /** Longest source text of a regular expression or a grammar. */
  static final int MAX_LENGTH = 200_000;

  private static final int MAX_NUMBER = 1_000_000;

  private final String subject;
  private final int[] text;
  private int at;

  /**
   * A cursor at the start.
   *
   * @param subject names the text in messages
   */
  TextCursor(String subject, String text) {
    if (text.length() > MAX_LENGTH) {
      throw GrammarRules.invalid(
          subject + " has " + text.length() + " characters; " + MAX_LENGTH + " are possible");
    }
    this.subject = subject;
    this.text = text.codePoints().toArray();
  }

  int peek() {
    return peek(0);
  }

  int peek(int ahead) {
    return at + ahead < text.length ? text[at + ahead] : END;
  }

  int next() {
    if (at == text.length) {
      throw failure("it ends too early");
    }
    return text[at++];
  }

  boolean tryTake(String wanted) {
    int[] characters = wanted.codePoints().toArray();
    for (int i = 0; i < characters.length; i++) {
      if (peek(i) != characters[i]) {
        return false;
      }
    }
    at += characters.length;
    return true;
  }

  void take(String wanted) {
    if (!tryTake(wanted)) {
      throw failure("'" + wanted + "' is missing");
    }
  }

  /** A number in decimal digits. */
  int number() {
    int number = 0;
    if (!isDigit(peek())) {
      throw failure("a number is missing");
    }
    while (isDigit(peek())) {
      number = number * 10 + next() - '0';
      if (number > MAX_NUMBER) {
        throw failure("the number is too large");
      }
    }
    return number;
  }

  /** A character by so many hexadecimal digits. */
  int hex(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = peek() < 128 ? Character.digit(next(), 16) : -1;
      if (digit < 0) {
        throw failure("a hexadecimal digit is missing");
      }
      value = value * 16 + digit;
    }
    return value;
  }

  /** A character that UTF-8 can have. */
  int checkedCodePoint(int value) {
    if (!Character.isValidCodePoint(value)
        || (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE)) {
      throw failure("there is no such character");
    }
    return value;
  }

  /**
   * A repetition in braces: {@code {3}}, {@code {3,}}, {@code {3,7}}, where the first is behind.
   */
  Expression repetition(Expression body) {
    int min = peek() == ',' ? 0 : number();
    int max = min;
    if (tryTake(",")) {
      max = isDigit(peek()) ? number() : Expression.UNLIMITED;
    }
    if (max != Expression.UNLIMITED && max < min) {
      throw failure("the repetition's upper limit is below its lower one");
    }
    take("}");
    return new Expression.Repeat(body, min, max);
  }

  static boolean isDigit(int character) {
    return character >= '0' && character <= '9';
  }

  /** What is wrong, and where. */
  EngineException failure(String problem) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < at; i++) {
      line += text[i] == '\n' ? 1 : 0;
      column = text[i] == '\n' ? 1 : column + 1;
    }
    return GrammarRules.invalid(subject + ", line " + line + ", column " + column + ": " + problem);
  }
}
