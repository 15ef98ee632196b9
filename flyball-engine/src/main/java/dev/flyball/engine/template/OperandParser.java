package dev.flyball.engine.template;

import dev.flyball.engine.template.Expr.CallArguments;
import dev.flyball.engine.template.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses what operators work on: literals, names, attributes, items, calls, filters and tests. */
final class OperandParser {
  private final TokenStream tokens;
  private final NamesUsed names;
  private final ExpressionParser expressions;

  OperandParser(TokenStream tokens, NamesUsed names, ExpressionParser expressions) {
    this.tokens = tokens;
    this.names = names;
    this.expressions = expressions;
  }

  /** A literal, a name, or something in brackets. */
  Expr primary() {
    Token token = tokens.next();
    return switch (token.kind()) {
      case NAME -> named(token);
      case STRING -> adjacentStrings(token);
      case INTEGER -> new Expr.Literal(integer(token.text()));
      case FLOAT -> new Expr.Literal(Double.valueOf(token.text()));
      case OPERATOR -> bracketed(token);
      default -> throw unexpected(token);
    };
  }

  private Expr bracketed(Token token) {
    return switch (token.text()) {
      case "(" -> {
        Expr inner = expressions.bracketed();
        tokens.expectOperator(")");
        yield inner;
      }
      case "[" -> list();
      case "{" -> dict();
      default -> throw unexpected(token);
    };
  }

  private static RuntimeException unexpected(Token token) {
    return Failure.syntax(token.line(), "expected an expression, found " + token.describe());
  }

  private Expr named(Token token) {
    return switch (token.text()) {
      case "true", "True" -> new Expr.Literal(true);
      case "false", "False" -> new Expr.Literal(false);
      case "none", "None" -> new Expr.Literal(None.NONE);
      default -> {
        names.readVariable(token.text());
        yield new Expr.Name(token.text());
      }
    };
  }

  private Expr adjacentStrings(Token first) {
    if (tokens.current().kind() != Kind.STRING) {
      return new Expr.Literal(first.text());
    }
    StringBuilder text = new StringBuilder(first.text());
    while (tokens.current().kind() == Kind.STRING) {
      text.append(tokens.next().text());
    }
    return new Expr.Literal(text.toString());
  }

  private static Object integer(String digits) {
    int radix =
        switch (digits.length() > 1 ? Character.toLowerCase(digits.charAt(1)) : ' ') {
          case 'b' -> 2;
          case 'o' -> 8;
          case 'x' -> 16;
          default -> 10;
        };
    return Numbers.integer(new BigInteger(radix == 10 ? digits : digits.substring(2), radix));
  }

  private Expr list() {
    List<Expr> items = new ArrayList<>();
    while (!tokens.skipOperator("]")) {
      items.add(expressions.expression());
      if (!tokens.current().isOperator("]")) {
        tokens.expectOperator(",");
      }
    }
    return new Expr.ListLiteral(List.copyOf(items));
  }

  private Expr dict() {
    List<Expr.DictLiteral.Entry> entries = new ArrayList<>();
    while (!tokens.skipOperator("}")) {
      Expr key = expressions.expression();
      tokens.expectOperator(":");
      entries.add(new Expr.DictLiteral.Entry(key, expressions.expression()));
      if (!tokens.current().isOperator("}")) {
        tokens.expectOperator(",");
      }
    }
    return new Expr.DictLiteral(List.copyOf(entries));
  }

  /** Attributes, items and calls. */
  Expr postfix(Expr owner) {
    Expr value = owner;
    while (true) {
      Token token = tokens.current();
      if (token.isOperator(".")) {
        value = attribute(value);
      } else if (token.isOperator("[")) {
        value = subscript(value);
      } else if (token.isOperator("(")) {
        value = new Expr.Call(value, callArguments(), token.line());
      } else {
        return value;
      }
    }
  }

  private Expr attribute(Expr owner) {
    int line = tokens.next().line();
    Token name = tokens.current();
    if (name.kind() == Kind.INTEGER) {
      tokens.next();
      return new Expr.Subscript(owner, new Expr.Literal(integer(name.text())), line);
    }
    return new Expr.Attribute(owner, tokens.expect(Kind.NAME).text(), line);
  }

  private Expr subscript(Expr owner) {
    int line = tokens.next().line();
    List<Expr> keys = new ArrayList<>();
    do {
      keys.add(subscriptKey());
    } while (tokens.skipOperator(","));
    tokens.expectOperator("]");
    Expr key = keys.size() == 1 ? keys.getFirst() : new Expr.TupleLiteral(List.copyOf(keys));
    return new Expr.Subscript(owner, key, line);
  }

  private Expr subscriptKey() {
    Expr none = new Expr.Literal(None.NONE);
    Expr start = tokens.current().isOperator(":") ? none : expressions.expression();
    if (!tokens.skipOperator(":")) {
      return start;
    }
    Expr stop = atSlicePartEnd() ? none : expressions.expression();
    Expr step = tokens.skipOperator(":") && !atSlicePartEnd() ? expressions.expression() : none;
    return new Expr.SliceLiteral(start, stop, step);
  }

  private boolean atSlicePartEnd() {
    Token token = tokens.current();
    return token.isOperator(":") || token.isOperator("]") || token.isOperator(",");
  }

  private CallArguments callArguments() {
    tokens.expectOperator("(");
    List<Expr> positional = new ArrayList<>();
    List<CallArguments.Named> named = new ArrayList<>();
    Expr starred = null;
    Expr doubleStarred = null;
    while (!tokens.skipOperator(")")) {
      Token token = tokens.current();
      boolean onlyNamedAllowed = starred != null || !named.isEmpty();
      if (doubleStarred != null) {
        throw tokens.expected("')'");
      }
      if (token.isOperator("*") && starred == null) {
        tokens.next();
        starred = expressions.expression();
      } else if (tokens.skipOperator("**")) {
        doubleStarred = expressions.expression();
      } else if (token.kind() == Kind.NAME && tokens.lookAhead().isOperator("=")) {
        tokens.next();
        tokens.next();
        named.add(new CallArguments.Named(token.text(), expressions.expression()));
      } else if (onlyNamedAllowed) {
        throw tokens.expected("a named argument");
      } else {
        positional.add(expressions.expression());
      }
      if (!tokens.current().isOperator(")")) {
        tokens.expectOperator(",");
      }
    }
    return new CallArguments(List.copyOf(positional), List.copyOf(named), starred, doubleStarred);
  }

  /** What follows {@code |} and {@code is}, and calls of the outcome. */
  Expr filtersAndTests(Expr input) {
    Expr value = input;
    while (true) {
      Token token = tokens.current();
      if (tokens.skipOperator("|")) {
        value = new Expr.Filtered(value, filterCall());
      } else if (tokens.skipName("is")) {
        value = test(value);
      } else if (token.isOperator("(")) {
        value = new Expr.Call(value, callArguments(), token.line());
      } else {
        return value;
      }
    }
  }

  /** Name and arguments of a filter, after the bar. */
  Expr.FilterCall filterCall() {
    Token name = tokens.expect(Kind.NAME);
    names.useFilter(name);
    CallArguments arguments =
        tokens.current().isOperator("(") ? callArguments() : CallArguments.NONE;
    return new Expr.FilterCall(name.text(), arguments, name.line());
  }

  private Expr test(Expr subject) {
    boolean negated = tokens.skipName("not");
    Token name = tokens.expect(Kind.NAME);
    names.useTest(name);
    Expr test = new Expr.Tested(subject, name.text(), testArguments(), name.line());
    return negated ? new Expr.Not(test) : test;
  }

  /** In brackets, or a single one without: {@code x is divisibleby 3}. */
  private CallArguments testArguments() {
    Token token = tokens.current();
    if (token.isOperator("(")) {
      return callArguments();
    }
    boolean startsArgument =
        switch (token.kind()) {
          case NAME -> !Set.of("else", "or", "and").contains(token.text());
          case STRING, INTEGER, FLOAT -> true;
          default -> token.isOperator("[") || token.isOperator("{");
        };
    if (!startsArgument) {
      return CallArguments.NONE;
    }
    if (token.isName("is")) {
      throw tokens.expected("one test only");
    }
    return new CallArguments(List.of(postfix(primary())), List.of(), null, null);
  }
}
