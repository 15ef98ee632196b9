package dev.flyball.engine.grammar;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads regular expressions in the syntax of ECMA 262 (flags: {@code u}), as far as they describe
 * regular languages. {@code \d}, {@code \w} and {@code \s} mean ASCII characters.
 */
final class RegexParser {
  private static final int MAX_DEPTH = 100;
  private static final CodePointSet LINE_ENDS = CodePointSet.ofAll("\n\r\u2028\u2029");

  private final TextCursor cursor;
  private int depth;

  private RegexParser(String regex) {
    cursor = new TextCursor("the regular expression", regex);
  }

  /**
   * Reads an expression.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT with the place
   */
  static Regex parse(String regex) {
    return new RegexParser(regex).parse();
  }

  private Regex parse() {
    List<Regex.Alternative> alternatives = new ArrayList<>();
    do {
      boolean fromStart = cursor.tryTake("^");
      Expression body = sequence();
      boolean toEnd = cursor.tryTake("$");
      alternatives.add(new Regex.Alternative(body, fromStart, toEnd));
    } while (cursor.tryTake("|"));
    if (cursor.peek() != TextCursor.END) {
      throw cursor.failure(
          cursor.peek() == ')'
              ? "this ')' closes nothing"
              : "'^' and '$' can only stand at the start and the end of it");
    }
    return new Regex(alternatives);
  }

  private Expression alternatives() {
    List<Expression> options = new ArrayList<>();
    do {
      options.add(sequence());
    } while (cursor.tryTake("|"));
    return options.size() == 1 ? options.getFirst() : new Expression.Choice(options);
  }

  private Expression sequence() {
    List<Expression> parts = new ArrayList<>();
    while (!isSequenceEnd(cursor.peek())) {
      parts.add(quantified(atom()));
    }
    return new Expression.Sequence(parts);
  }

  private static boolean isSequenceEnd(int character) {
    return character == TextCursor.END || character == '|' || character == ')' || character == '$';
  }

  private Expression quantified(Expression atom) {
    int quantifier = cursor.peek();
    Expression repeated =
        switch (quantifier) {
          case '*' -> repeat(atom, 0, Expression.UNLIMITED);
          case '+' -> repeat(atom, 1, Expression.UNLIMITED);
          case '?' -> repeat(atom, 0, 1);
          case '{' -> {
            cursor.next();
            yield cursor.repetition(atom);
          }
          default -> atom;
        };
    if (isQuantifier(quantifier)) {
      cursor.tryTake("?"); // lazy or greedy, the language is the same
      if (isQuantifier(cursor.peek())) {
        throw cursor.failure("nothing stands before this quantifier");
      }
    }
    return repeated;
  }

  private static boolean isQuantifier(int character) {
    return character == '*' || character == '+' || character == '?' || character == '{';
  }

  private Expression repeat(Expression atom, int min, int max) {
    cursor.next();
    return new Expression.Repeat(atom, min, max);
  }

  private Expression atom() {
    int character = cursor.peek();
    return switch (character) {
      case '(' -> group();
      case '[' -> new Expression.OneOf(characterClass());
      case '.' -> {
        cursor.next();
        yield new Expression.OneOf(LINE_ENDS.complement());
      }
      case '\\' -> {
        cursor.next();
        yield new Expression.OneOf(escape(false));
      }
      case '*', '+', '?', '{' ->
          throw cursor.failure(
              "nothing stands before this quantifier; write \\" + Character.toString(character));
      case '^' -> throw cursor.failure("'^' can only stand at the very start");
      default -> new Expression.OneOf(CodePointSet.of(cursor.checkedCodePoint(cursor.next())));
    };
  }

  private Expression group() {
    cursor.take("(");
    if (cursor.tryTake("?")) {
      skipGroupKind();
    }
    if (++depth > MAX_DEPTH) {
      throw cursor.failure("groups nest deeper than " + MAX_DEPTH);
    }
    Expression body = alternatives();
    if (cursor.peek() == '$') {
      throw cursor.failure("'$' cannot stand within a group");
    }
    cursor.take(")");
    depth--;
    return body;
  }

  private void skipGroupKind() {
    cursor.tryTake("P"); // Python's way to name a group
    if (cursor.tryTake(":")) {
      return;
    }
    if (cursor.peek() == '<' && cursor.peek(1) != '=' && cursor.peek(1) != '!') {
      while (cursor.next() != '>') {
        if (!CodePointSet.WORD.contains(cursor.peek()) && cursor.peek() != '>') {
          throw cursor.failure("a group's name has letters, digits and '_' only");
        }
      }
      return;
    }
    throw cursor.failure("lookaround and flags are not supported; (?:...) and (?<name>...) are");
  }

  private CodePointSet characterClass() {
    cursor.take("[");
    boolean negated = cursor.tryTake("^");
    List<CodePointSet> members = new ArrayList<>();
    while (!cursor.tryTake("]")) {
      CodePointSet member = classMember();
      if (cursor.peek() == '-' && cursor.peek(1) != ']') {
        cursor.next();
        member = CodePointSet.range(single(member), single(classMember()));
        if (member.isEmpty()) {
          throw cursor.failure("the range is empty");
        }
      }
      members.add(member);
    }
    CodePointSet union = CodePointSet.union(members);
    return negated ? union.complement() : union;
  }

  private CodePointSet classMember() {
    if (cursor.tryTake("\\")) {
      return escape(true);
    }
    return CodePointSet.of(cursor.checkedCodePoint(cursor.next()));
  }

  private int single(CodePointSet member) {
    if (member.ranges().size() == 1
        && member.ranges().getFirst().first() == member.ranges().getFirst().last()) {
      return member.ranges().getFirst().first();
    }
    throw cursor.failure("a range runs from one character to another");
  }

  private CodePointSet escape(boolean inClass) {
    int character = cursor.next();
    return switch (character) {
      case 'd' -> CodePointSet.DIGITS;
      case 'D' -> CodePointSet.DIGITS.complement();
      case 'w' -> CodePointSet.WORD;
      case 'W' -> CodePointSet.WORD.complement();
      case 's' -> CodePointSet.SPACE;
      case 'S' -> CodePointSet.SPACE.complement();
      case 't' -> CodePointSet.of('\t');
      case 'n' -> CodePointSet.of('\n');
      case 'r' -> CodePointSet.of('\r');
      case 'f' -> CodePointSet.of('\f');
      case 'v' -> CodePointSet.of(0x0B);
      case '0' -> CodePointSet.of(0);
      case 'x' -> CodePointSet.of(cursor.hex(2));
      case 'u' -> CodePointSet.of(unicodeEscape());
      default -> {
        if (character == 'b' && inClass) {
          yield CodePointSet.of('\b');
        }
        if (CodePointSet.WORD.contains(character)) {
          throw cursor.failure(
              "\\" + Character.toString(character) + " is not supported or means nothing");
        }
        yield CodePointSet.of(cursor.checkedCodePoint(character));
      }
    };
  }

  private int unicodeEscape() {
    if (cursor.tryTake("{")) {
      int digits = 0;
      while (cursor.peek(digits) != '}' && digits < 7) {
        digits++;
      }
      int codePoint = cursor.hex(digits);
      cursor.take("}");
      return cursor.checkedCodePoint(codePoint);
    }
    int first = cursor.hex(4);
    if (Character.isHighSurrogate((char) first) && cursor.tryTake("\\u")) {
      int second = cursor.hex(4);
      if (Character.isLowSurrogate((char) second)) {
        return Character.toCodePoint((char) first, (char) second);
      }
    }
    return cursor.checkedCodePoint(first);
  }
}
