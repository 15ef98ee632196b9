package dev.flyball.engine.grammar;

import static dev.flyball.engine.grammar.Expression.choice;
import static dev.flyball.engine.grammar.Expression.optional;
import static dev.flyball.engine.grammar.Expression.range;
import static dev.flyball.engine.grammar.Expression.sequence;
import static dev.flyball.engine.grammar.Expression.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts of JSON that every schema needs. What would let a model go on for ever without saying
 * anything is limited: white space to one blank or one line end with {@link #MAX_INDENT} blanks,
 * numbers to {@link #MAX_DIGITS} digits before and behind the point.
 *
 * <p>Source: RFC 8259.
 */
final class JsonRules {
  static final int MAX_INDENT = 40;
  static final int MAX_DIGITS = 16;

  private static final CodePointSet PLAIN =
      CodePointSet.range(' ', Character.MAX_CODE_POINT).without(CodePointSet.ofAll("\"\\"));

  private final GrammarRules rules;
  private final Expression.Call space;
  private final Expression.Call character;

  /** What follows the opening of a string of any length. */
  private final Expression.Call stringRest;

  private final Expression.Call any;
  private final Expression.Call object;
  private final Map<List<Integer>, Expression.Call> boundedRests = new HashMap<>();

  JsonRules(GrammarRules rules) {
    this.rules = rules;
    Expression blank = new Expression.OneOf(CodePointSet.ofAll(" \t"));
    Expression line = sequence(text("\n"), new Expression.Repeat(blank, 0, MAX_INDENT));
    space = rules.add("white space", optional(choice(text(" "), line)));
    character = rules.add("a character of a string", character());
    stringRest = rules.addString(character);
    any = rules.declare("any value");
    object = rules.declare("any object");
    Expression pair = pair(string(0, Expression.UNLIMITED), any);
    rules.define(object, enclosed("{", optional(listed(pair, 1, Expression.UNLIMITED)), "}"));
    rules.define(
        any,
        choice(
            object,
            anyArray(),
            string(0, Expression.UNLIMITED),
            number(),
            text("true"),
            text("false"),
            text("null")));
    rules.shareSoFar();
  }

  /** White space, or nothing. */
  Expression space() {
    return space;
  }

  /** Any string of so many characters. */
  Expression string(int min, int max) {
    if (min == 0 && max == Expression.UNLIMITED) {
      return sequence(text("\""), stringRest);
    }
    Expression.Call rest =
        boundedRests.computeIfAbsent(
            List.of(min, max), bounds -> rules.addLimitedString(min, max, character));
    return sequence(text("\""), rest);
  }

  /** A string whose text between the quotation marks is given. */
  static Expression quoted(Expression content) {
    return sequence(text("\""), content, text("\""));
  }

  /** Any number. */
  static Expression number() {
    return sequence(integer(), optional(fraction()), optional(exponent()));
  }

  /** Any integer. */
  static Expression integer() {
    Expression more = new Expression.Repeat(range('0', '9'), 0, MAX_DIGITS - 1);
    return sequence(optional(text("-")), choice(text("0"), sequence(range('1', '9'), more)));
  }

  /** A point and digits. */
  static Expression fraction() {
    return sequence(text("."), new Expression.Repeat(range('0', '9'), 1, MAX_DIGITS));
  }

  private static Expression exponent() {
    return sequence(
        new Expression.OneOf(CodePointSet.ofAll("eE")),
        optional(new Expression.OneOf(CodePointSet.ofAll("+-"))),
        new Expression.Repeat(range('0', '9'), 1, 3));
  }

  /** Any value. */
  Expression any() {
    return any;
  }

  /** Any object. */
  Expression anyObject() {
    return object;
  }

  /** Any array. */
  Expression anyArray() {
    return enclosed("[", optional(listed(any(), 1, Expression.UNLIMITED)), "]");
  }

  /** A member of an object. */
  Expression pair(Expression key, Expression value) {
    return sequence(key, text(":"), space, value);
  }

  /** At least one, with commas between them. */
  Expression listed(Expression element, int min, int max) {
    int more = max == Expression.UNLIMITED ? max : max - 1;
    return sequence(element, new Expression.Repeat(preceded(element), min - 1, more));
  }

  /** With a comma before it. */
  Expression preceded(Expression element) {
    return sequence(text(","), space, element);
  }

  Expression enclosed(String opening, Expression content, String closing) {
    return sequence(text(opening), space, content, space, text(closing));
  }

  /**
   * A string that is none of some. What is not plain is not written by escapes in it, as far as
   * that could hide one of them.
   */
  Expression stringOtherThan(List<String> excluded) {
    List<String> contents =
        excluded.stream().map(JsonLiteral::content).sorted().distinct().toList();
    return sequence(text("\""), otherThan(contents, 0, 0, contents.size()));
  }

  /** The rests of strings whose contents begin as some do, none of which may be the whole. */
  private Expression otherThan(List<String> contents, int at, int from, int to) {
    List<Expression> options = new ArrayList<>();
    List<CodePointSet> followed = new ArrayList<>();
    int next = from;
    boolean mayEnd = true;
    if (next < to && contents.get(next).length() == at) {
      mayEnd = false;
      next++;
    }
    while (next < to) {
      int character = contents.get(next).codePointAt(at);
      int end = next;
      while (end < to && contents.get(end).codePointAt(at) == character) {
        end++;
      }
      followed.add(CodePointSet.of(character));
      String step = Character.toString(character);
      options.add(sequence(text(step), otherThan(contents, at + step.length(), next, end)));
      next = end;
    }
    boolean inEscape = from < to && endsInEscape(contents.get(from), at);
    if (!inEscape) {
      CodePointSet leaving = PLAIN.without(CodePointSet.union(followed));
      options.add(sequence(new Expression.OneOf(leaving), stringRest));
    }
    if (mayEnd && !inEscape) {
      options.add(text("\""));
    }
    return rules.add("an additional key", new Expression.Choice(options));
  }

  private static boolean endsInEscape(String content, int at) {
    for (int i = 0; i < at; i++) {
      if (content.charAt(i) == '\\') {
        int length = content.charAt(i + 1) == 'u' ? 6 : 2;
        if (at < i + length) {
          return true;
        }
        i += length - 1;
      }
    }
    return false;
  }

  /** The same texts, written as the content of a string. */
  static Expression encoded(Expression expression) {
    return switch (expression) {
      case Expression.Text(String text) -> new Expression.Text(JsonLiteral.content(text));
      case Expression.OneOf(CodePointSet set) -> encodedSet(set);
      case Expression.Sequence(List<Expression> parts) ->
          new Expression.Sequence(parts.stream().map(JsonRules::encoded).toList());
      case Expression.Choice(List<Expression> options) ->
          new Expression.Choice(options.stream().map(JsonRules::encoded).toList());
      case Expression.Repeat(Expression body, int min, int max) ->
          new Expression.Repeat(encoded(body), min, max);
      case Expression.Call call -> call;
      case Expression.ControlToken token -> token;
    };
  }

  private static Expression encodedSet(CodePointSet set) {
    List<Expression> options = new ArrayList<>();
    options.add(new Expression.OneOf(set.without(PLAIN.complement())));
    for (CodePointSet.Range range : set.without(PLAIN).ranges()) {
      for (int character = range.first(); character <= range.last(); character++) {
        options.add(text(JsonLiteral.escaped(character)));
      }
    }
    return options.size() == 1 ? options.getFirst() : new Expression.Choice(options);
  }

  private static Expression character() {
    Expression hex = hex("0123456789abcdefABCDEF");
    Expression notSurrogate =
        choice(
            sequence(hex("0123456789abcefABCEF"), hex, hex, hex),
            sequence(hex("dD"), hex("01234567"), hex, hex));
    Expression pair =
        sequence(
            hex("dD"), hex("89abAB"), hex, hex, text("\\u"), hex("dD"), hex("cdefCDEF"), hex, hex);
    return choice(
        new Expression.OneOf(PLAIN),
        sequence(
            text("\\"),
            choice(
                new Expression.OneOf(CodePointSet.ofAll("\"\\/bfnrt")),
                sequence(text("u"), choice(notSurrogate, pair)))));
  }

  private static Expression hex(String digits) {
    return new Expression.OneOf(CodePointSet.ofAll(digits));
  }
}
