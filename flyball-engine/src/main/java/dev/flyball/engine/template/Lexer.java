package dev.flyball.engine.template;

import dev.flyball.engine.template.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a template into tokens, with the whitespace rules that chat templates are written for: the
 * line break after a tag is dropped ({@code trim_blocks}), blanks before a tag that stands first on
 * its line are dropped ({@code lstrip_blocks}), {@code -} drops all whitespace on its side and
 * {@code +} keeps it.
 *
 * <p>Source: "Template Designer Documentation" of Jinja 3, sections Whitespace Control and
 * Escaping.
 */
final class Lexer {
  private static final Pattern LINE_BREAK = Pattern.compile("\r\n|\r");
  private static final Pattern RAW_BEGIN = Pattern.compile("\\{%([-+]?)\\s*raw\\s*(-?)%}");
  private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");
  private static final Pattern FLOAT =
      Pattern.compile(
          "(?<!\\.)[0-9](?:_?[0-9])*"
              + "(?:(?:\\.[0-9](?:_?[0-9])*)?[eE][+-]?[0-9](?:_?[0-9])*|\\.[0-9](?:_?[0-9])*)");
  private static final Pattern INTEGER =
      Pattern.compile(
          "0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+"
              + "|[1-9](?:_?[0-9])*|0(?:_?0)*");
  private static final List<String> TWO_CHAR_OPERATORS =
      List.of("//", "**", "==", "!=", ">=", "<=");
  private static final String ONE_CHAR_OPERATORS = "+-/*%~[](){}><=.:|,;";

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private final Deque<Character> openBrackets = new ArrayDeque<>();
  private int position;
  private int linePosition;
  private int line = 1;

  private Lexer(String source) {
    String unified = LINE_BREAK.matcher(source).replaceAll("\n");
    this.source = unified.endsWith("\n") ? unified.substring(0, unified.length() - 1) : unified;
  }

  static List<Token> tokens(String source) {
    return new Lexer(source).lexTemplate();
  }

  private List<Token> lexTemplate() {
    while (position < source.length()) {
      int open = nextOpening(position);
      if (open < 0) {
        add(Kind.DATA, source.substring(position), position);
        position = source.length();
      } else {
        lexOpening(open);
      }
    }
    add(Kind.END, "", position);
    return tokens;
  }

  private int nextOpening(int from) {
    int brace = source.indexOf('{', from);
    while (brace >= 0 && brace + 1 < source.length()) {
      if ("{%#".indexOf(source.charAt(brace + 1)) >= 0) {
        return brace;
      }
      brace = source.indexOf('{', brace + 1);
    }
    return -1;
  }

  private void lexOpening(int open) {
    char type = source.charAt(open + 1);
    addData(open, signAt(open + 2), type != '{');
    Matcher raw = RAW_BEGIN.matcher(source).region(open, source.length());
    if (type == '%' && raw.lookingAt()) {
      lexRaw(raw);
      return;
    }
    position = open + 2 + (signAt(open + 2) == ' ' ? 0 : 1);
    switch (type) {
      case '#' -> skipComment(open);
      case '%' -> lexTag(open, Kind.TAG_BEGIN, Kind.TAG_END, "%}");
      default -> lexTag(open, Kind.PRINT_BEGIN, Kind.PRINT_END, "}}");
    }
  }

  /** The whitespace sign at an index; a blank where there is none. */
  private char signAt(int index) {
    char sign = index < source.length() ? source.charAt(index) : ' ';
    return sign == '-' || sign == '+' ? sign : ' ';
  }

  private void addData(int end, char sign, boolean stripsIndentation) {
    int dataEnd = end;
    if (sign == '-') {
      while (dataEnd > position && PythonText.isSpace(source.charAt(dataEnd - 1))) {
        dataEnd--;
      }
    } else if (sign != '+' && stripsIndentation) {
      int lineStart = Math.max(source.lastIndexOf('\n', end - 1) + 1, position);
      boolean startsLine = lineStart == 0 || source.charAt(lineStart - 1) == '\n';
      if (startsLine && PythonText.isBlank(source, lineStart, end)) {
        dataEnd = lineStart;
      }
    }
    if (dataEnd > position) {
      add(Kind.DATA, source.substring(position, dataEnd), position);
    }
  }

  private void lexRaw(Matcher begin) {
    int open = begin.start();
    position = begin.end();
    if (!begin.group(2).isEmpty()) {
      skipSpace();
    }
    Matcher end = RAW_END.matcher(source);
    if (!end.find(position)) {
      throw Failure.syntax(lineAt(open), "expected '{% endraw %}' before the end of the template");
    }
    addData(end.start(), end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0), true);
    position = end.end();
    trimAfter(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0), true);
  }

  private void skipComment(int open) {
    int end = source.indexOf("#}", position);
    if (end < 0) {
      throw Failure.syntax(lineAt(open), "expected '#}' before the end of the template");
    }
    char sign = end > position ? signAt(end - 1) : ' ';
    position = end + 2;
    trimAfter(sign, true);
  }

  private void trimAfter(char sign, boolean trimsLineBreak) {
    if (sign == '-') {
      skipSpace();
    } else if (sign != '+' && trimsLineBreak && position < source.length()) {
      position += source.charAt(position) == '\n' ? 1 : 0;
    }
  }

  private void lexTag(int open, Kind begin, Kind end, String closing) {
    add(begin, source.substring(open, position), open);
    while (true) {
      skipSpace();
      if (position >= source.length()) {
        throw Failure.syntax(
            lineAt(open), "expected '" + closing + "' before the end of the template");
      }
      if (openBrackets.isEmpty() && lexClosing(end, closing)) {
        return;
      }
      lexExpressionToken();
    }
  }

  private boolean lexClosing(Kind end, String closing) {
    char sign = signAt(position);
    boolean signed = sign == '-' || (sign == '+' && end == Kind.TAG_END);
    int at = signed ? position + 1 : position;
    if (!source.startsWith(closing, at)) {
      return false;
    }
    add(end, closing, position);
    position = at + 2;
    trimAfter(signed ? sign : ' ', end == Kind.TAG_END);
    return true;
  }

  private void lexExpressionToken() {
    char next = source.charAt(position);
    int codePoint = source.codePointAt(position);
    if (next >= '0' && next <= '9') {
      lexNumber();
    } else if (next == '_' || Character.isUnicodeIdentifierStart(codePoint)) {
      int end = position;
      while (end < source.length() && Character.isUnicodeIdentifierPart(source.codePointAt(end))) {
        end += Character.charCount(source.codePointAt(end));
      }
      addAndAdvance(Kind.NAME, source.substring(position, end), end);
    } else if (next == '"' || next == '\'') {
      lexString(next);
    } else {
      lexOperator();
    }
  }

  private void lexNumber() {
    Matcher number = FLOAT.matcher(source).region(position, source.length());
    number.useTransparentBounds(true);
    Kind kind = Kind.FLOAT;
    if (!number.lookingAt()) {
      number.usePattern(INTEGER);
      kind = Kind.INTEGER;
      if (!number.lookingAt()) {
        throw Failure.syntax(lineAt(position), "expected a number");
      }
    }
    addAndAdvance(kind, number.group().replace("_", ""), number.end());
  }

  private void lexString(char quote) {
    int end = position + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw Failure.syntax(lineAt(position), "expected " + quote + " to close the string");
    }
    String text = StringEscapes.decode(source.substring(position + 1, end), lineAt(position));
    addAndAdvance(Kind.STRING, text, end + 1);
  }

  private void lexOperator() {
    String operator = source.substring(position, Math.min(position + 2, source.length()));
    if (!TWO_CHAR_OPERATORS.contains(operator)) {
      operator = operator.substring(0, 1);
    }
    char first = operator.charAt(0);
    if (ONE_CHAR_OPERATORS.indexOf(first) < 0 && operator.length() == 1) {
      throw Failure.syntax(lineAt(position), "unexpected character '" + first + "'");
    }
    balance(first);
    addAndAdvance(Kind.OPERATOR, operator, position + operator.length());
  }

  private void balance(char bracket) {
    switch (bracket) {
      case '(' -> openBrackets.push(')');
      case '[' -> openBrackets.push(']');
      case '{' -> openBrackets.push('}');
      case ')', ']', '}' -> {
        if (openBrackets.isEmpty()) {
          throw Failure.syntax(lineAt(position), "unexpected '" + bracket + "'");
        }
        char expected = openBrackets.pop();
        if (expected != bracket) {
          throw Failure.syntax(
              lineAt(position), "expected '" + expected + "', found '" + bracket + "'");
        }
      }
      default -> {}
    }
  }

  private void skipSpace() {
    while (position < source.length() && PythonText.isSpace(source.charAt(position))) {
      position++;
    }
  }

  private void addAndAdvance(Kind kind, String text, int end) {
    add(kind, text, position);
    position = end;
  }

  private void add(Kind kind, String text, int at) {
    tokens.add(new Token(kind, text, lineAt(at)));
  }

  /** The line of a position; positions are asked for nearly in order, so this only moves on. */
  private int lineAt(int at) {
    while (linePosition < at) {
      if (source.charAt(linePosition++) == '\n') {
        line++;
      }
    }
    return line;
  }
}
