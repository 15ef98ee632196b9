package dev.flyball.engine.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads llama.cpp's GBNF: {@code name ::= alternatives}, literals, character classes, groups,
 * {@code * + ? {m,n}}, {@code .} and comments from {@code #}. A rule ends with its line, unless a
 * group or an alternative is open.
 *
 * <p>Source: grammars/README.md of llama.cpp.
 */
final class GbnfParser {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_QUANTIFIERS = 8;
  private static final CodePointSet NAME_CHARACTERS = CodePointSet.WORD.with(CodePointSet.of('-'));

  private final TextCursor cursor;
  private final GrammarRules rules = new GrammarRules();
  private final Map<String, Expression.Call> byName = new HashMap<>();
  private int depth;

  GbnfParser(String text) {
    cursor = new TextCursor("the grammar", text);
  }

  /**
   * The rules, the one called root first.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT with the place
   */
  GrammarRules parse() {
    rule("root");
    skipSpace(true);
    while (cursor.peek() != TextCursor.END) {
      parseRule();
      skipSpace(true);
    }
    byName.forEach(
        (name, rule) -> {
          if (!rules.isDefined(rule)) {
            throw GrammarRules.invalid("the grammar has no rule called " + name);
          }
        });
    return rules;
  }

  private void parseRule() {
    String name = name();
    Expression.Call rule = rule(name);
    if (rules.isDefined(rule)) {
      throw cursor.failure("there are two rules called " + name);
    }
    skipSpace(false);
    cursor.take("::=");
    skipSpace(true);
    rules.define(rule, alternatives());
    if (cursor.peek() != TextCursor.END && cursor.peek() != '\n' && cursor.peek() != '\r') {
      throw cursor.failure("a rule must end with its line");
    }
  }

  private Expression alternatives() {
    List<Expression> options = new ArrayList<>();
    options.add(sequence());
    while (cursor.tryTake("|")) {
      skipSpace(true);
      options.add(sequence());
    }
    return options.size() == 1 ? options.getFirst() : new Expression.Choice(options);
  }

  private Expression sequence() {
    List<Expression> parts = new ArrayList<>();
    skipSpace(depth > 0);
    while (!isSequenceEnd(cursor.peek())) {
      parts.add(quantified(atom()));
      skipSpace(depth > 0);
    }
    return new Expression.Sequence(parts);
  }

  private static boolean isSequenceEnd(int character) {
    return character == TextCursor.END
        || character == '\n'
        || character == '\r'
        || character == '|'
        || character == ')';
  }

  private Expression quantified(Expression atom) {
    Expression body = atom;
    for (int quantifiers = 0; quantifiers <= MAX_QUANTIFIERS; quantifiers++) {
      skipSpace(depth > 0);
      if (cursor.tryTake("*")) {
        body = Expression.anyNumber(body);
      } else if (cursor.tryTake("+")) {
        body = new Expression.Repeat(body, 1, Expression.UNLIMITED);
      } else if (cursor.tryTake("?")) {
        body = Expression.optional(body);
      } else if (cursor.tryTake("{")) {
        body = cursor.repetition(body);
      } else {
        return body;
      }
    }
    throw cursor.failure("more than " + MAX_QUANTIFIERS + " quantifiers follow each other");
  }

  private Expression atom() {
    int character = cursor.peek();
    return switch (character) {
      case '"' -> literal();
      case '[' -> new Expression.OneOf(characterClass());
      case '(' -> group();
      case '.' -> {
        cursor.next();
        yield new Expression.OneOf(CodePointSet.ALL);
      }
      default -> {
        if (!NAME_CHARACTERS.contains(character)) {
          throw cursor.failure(
              "a name, a literal, a class or a group is missing here, not '"
                  + Character.toString(character)
                  + "'");
        }
        yield rule(name());
      }
    };
  }

  private Expression group() {
    cursor.take("(");
    depth++;
    checkNesting();
    skipSpace(true);
    Expression body = alternatives();
    cursor.take(")");
    depth--;
    return body;
  }

  private Expression literal() {
    cursor.take("\"");
    StringBuilder text = new StringBuilder();
    while (!cursor.tryTake("\"")) {
      text.appendCodePoint(character());
    }
    return new Expression.Text(text.toString());
  }

  private CodePointSet characterClass() {
    cursor.take("[");
    boolean negated = cursor.tryTake("^");
    List<CodePointSet> members = new ArrayList<>();
    while (!cursor.tryTake("]")) {
      int first = character();
      int last = first;
      if (cursor.peek() == '-' && cursor.peek(1) != ']') {
        cursor.next();
        last = character();
      }
      if (last < first) {
        throw cursor.failure("the range is empty");
      }
      members.add(CodePointSet.range(first, last));
    }
    CodePointSet union = CodePointSet.union(members);
    return negated ? union.complement() : union;
  }

  private int character() {
    int character = cursor.next();
    if (character == '\n' || character == '\r') {
      throw cursor.failure("the line ends within a literal or a class");
    }
    if (character != '\\') {
      return cursor.checkedCodePoint(character);
    }
    int escaped = cursor.next();
    return switch (escaped) {
      case 'x' -> cursor.hex(2);
      case 'u' -> cursor.checkedCodePoint(cursor.hex(4));
      case 'U' -> cursor.checkedCodePoint(cursor.hex(8));
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'n' -> '\n';
      case '\\', '"', '[', ']', '-', '^' -> escaped;
      default ->
          throw cursor.failure("\\" + Character.toString(escaped) + " means nothing in a grammar");
    };
  }

  private String name() {
    StringBuilder name = new StringBuilder();
    while (NAME_CHARACTERS.contains(cursor.peek())) {
      name.appendCodePoint(cursor.next());
    }
    if (name.isEmpty()) {
      throw cursor.failure("the name of a rule is missing");
    }
    return name.toString();
  }

  private Expression.Call rule(String name) {
    Expression.Call known = byName.get(name);
    if (known == null) {
      known = rules.declare("the rule " + name);
      byName.put(name, known);
    }
    return known;
  }

  private void checkNesting() {
    if (depth > MAX_DEPTH) {
      throw cursor.failure("groups nest deeper than " + MAX_DEPTH);
    }
  }

  private void skipSpace(boolean overLines) {
    while (true) {
      int character = cursor.peek();
      if (character == '#') {
        while (cursor.peek() != '\n' && cursor.peek() != TextCursor.END) {
          cursor.next();
        }
      } else if (character == ' '
          || character == '\t'
          || (overLines && (character == '\n' || character == '\r'))) {
        cursor.next();
      } else {
        return;
      }
    }
  }
}
