package dev.flyball.engine.template;

import dev.flyball.engine.template.Expr.ArithmeticOperator;
import dev.flyball.engine.template.Expr.CallArguments;
import dev.flyball.engine.template.Expr.ComparisonOperator;
import dev.flyball.engine.template.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions by recursive descent. From weakest to strongest: {@code if}, {@code or},
 * {@code and}, {@code not}, comparison, {@code + -}, {@code ~}, {@code * / // %}, {@code **}, sign,
 * filter and test, attribute, item and call.
 */
final class ExpressionParser {
  /** A filter or test that does not exist, and where it is named. */
  private record UnknownName(String kind, String name, int line) {}

  private final TokenStream tokens;
  private final List<UnknownName> unknownNames = new ArrayList<>();
  private Set<String> namesRead = new HashSet<>();

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  /** Runs a parser and gives all names that it read as variables to {@code seen}. */
  <T> T collectingNames(Set<String> seen, Supplier<T> parser) {
    Set<String> outer = namesRead;
    namesRead = seen;
    T parsed = parser.get();
    outer.addAll(seen);
    namesRead = outer;
    return parsed;
  }

  /** A mark to which {@link #forgiveUnknownNames} goes back. */
  int unknownNames() {
    return unknownNames.size();
  }

  /**
   * Lets filters and tests that do not exist pass where they are used under a condition: a template
   * may name one that only other programs have, as long as it is not reached.
   */
  void forgiveUnknownNames(int mark) {
    unknownNames.subList(mark, unknownNames.size()).clear();
  }

  void rejectUnknownNames() {
    for (UnknownName unknown : unknownNames) {
      throw Failure.syntax(
          unknown.line(), "there is no " + unknown.kind() + " named '" + unknown.name() + "'");
    }
  }

  /** An expression, or several with commas between them, which make a tuple. */
  Expr tupleOrExpression() {
    return tupleOf(this::expression, false);
  }

  /** The same without the conditional {@code a if b else c}. */
  Expr tupleOrUnconditional() {
    return tupleOf(this::or, false);
  }

  private Expr tupleOf(Supplier<Expr> item, boolean mayBeEmpty) {
    List<Expr> items = new ArrayList<>();
    boolean isTuple = false;
    while (!atTupleEnd()) {
      items.add(item.get());
      if (!tokens.skipOperator(",")) {
        break;
      }
      isTuple = true;
    }
    if (!isTuple && items.size() == 1) {
      return items.getFirst();
    }
    if (items.isEmpty() && !mayBeEmpty) {
      throw tokens.expected("an expression");
    }
    return new Expr.TupleLiteral(List.copyOf(items));
  }

  private boolean atTupleEnd() {
    Token token = tokens.current();
    return token.kind() == Kind.PRINT_END || token.kind() == Kind.TAG_END || token.isOperator(")");
  }

  Expr expression() {
    tokens.enter();
    int mark = unknownNames();
    Expr value = or();
    while (tokens.skipName("if")) {
      Expr test = or();
      Expr otherwise = tokens.skipName("else") ? expression() : null;
      value = new Expr.Conditional(test, value, otherwise);
      forgiveUnknownNames(mark);
    }
    tokens.leave();
    return value;
  }

  Expr or() {
    Expr left = and();
    while (tokens.skipName("or")) {
      left = new Expr.Or(left, and());
    }
    return left;
  }

  private Expr and() {
    Expr left = not();
    while (tokens.skipName("and")) {
      left = new Expr.And(left, not());
    }
    return left;
  }

  private Expr not() {
    if (!tokens.skipName("not")) {
      return comparison();
    }
    tokens.enter();
    Expr operand = not();
    tokens.leave();
    return new Expr.Not(operand);
  }

  private Expr comparison() {
    int line = tokens.current().line();
    Expr first = sum();
    List<Expr.Comparison.Step> steps = new ArrayList<>();
    for (var operator = comparisonOperator();
        operator.isPresent();
        operator = comparisonOperator()) {
      steps.add(new Expr.Comparison.Step(operator.get(), sum()));
    }
    return steps.isEmpty() ? first : new Expr.Comparison(first, List.copyOf(steps), line);
  }

  private Optional<ComparisonOperator> comparisonOperator() {
    Token token = tokens.current();
    if (token.isName("not") && tokens.lookAhead().isName("in")) {
      tokens.next();
      tokens.next();
      return Optional.of(ComparisonOperator.NOT_IN);
    }
    if (token.kind() != Kind.OPERATOR && !token.isName("in")) {
      return Optional.empty();
    }
    Optional<ComparisonOperator> operator =
        switch (token.text()) {
          case "==" -> Optional.of(ComparisonOperator.EQUAL);
          case "!=" -> Optional.of(ComparisonOperator.NOT_EQUAL);
          case "<" -> Optional.of(ComparisonOperator.LESS);
          case "<=" -> Optional.of(ComparisonOperator.LESS_OR_EQUAL);
          case ">" -> Optional.of(ComparisonOperator.GREATER);
          case ">=" -> Optional.of(ComparisonOperator.GREATER_OR_EQUAL);
          case "in" -> Optional.of(ComparisonOperator.IN);
          default -> Optional.empty();
        };
    operator.ifPresent(_ -> tokens.next());
    return operator;
  }

  private Expr sum() {
    return leftAssociative(
        this::concatenation, ArithmeticOperator.ADD, ArithmeticOperator.SUBTRACT);
  }

  private Expr concatenation() {
    Expr first = product();
    if (!tokens.current().isOperator("~")) {
      return first;
    }
    List<Expr> operands = new ArrayList<>(List.of(first));
    while (tokens.skipOperator("~")) {
      operands.add(product());
    }
    return new Expr.Concatenation(List.copyOf(operands));
  }

  private Expr product() {
    return leftAssociative(
        this::power,
        ArithmeticOperator.MULTIPLY,
        ArithmeticOperator.DIVIDE,
        ArithmeticOperator.FLOOR_DIVIDE,
        ArithmeticOperator.MODULO);
  }

  private Expr power() {
    return leftAssociative(() -> signed(true), ArithmeticOperator.POWER);
  }

  private Expr leftAssociative(Supplier<Expr> operand, ArithmeticOperator... operators) {
    Expr left = operand.get();
    for (var operator = arithmeticOperator(operators);
        operator != null;
        operator = arithmeticOperator(operators)) {
      int line = tokens.next().line();
      left = new Expr.Arithmetic(operator, left, operand.get(), line);
    }
    return left;
  }

  private @Nullable ArithmeticOperator arithmeticOperator(ArithmeticOperator... operators) {
    for (ArithmeticOperator operator : operators) {
      if (tokens.current().isOperator(operator.symbol())) {
        return operator;
      }
    }
    return null;
  }

  /** A sign binds closer than a filter: {@code -1|abs} is 1. */
  private Expr signed(boolean withFilters) {
    tokens.enter();
    int line = tokens.current().line();
    Expr value;
    if (tokens.skipOperator("-")) {
      value = new Expr.Negative(signed(false), line);
    } else if (tokens.skipOperator("+")) {
      value = new Expr.Positive(signed(false), line);
    } else {
      value = primary();
    }
    value = postfix(value);
    tokens.leave();
    return withFilters ? filtersAndTests(value) : value;
  }

  private Expr primary() {
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
        Expr inner = tupleOf(this::expression, true);
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
        namesRead.add(token.text());
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
      items.add(expression());
      if (!tokens.current().isOperator("]")) {
        tokens.expectOperator(",");
      }
    }
    return new Expr.ListLiteral(List.copyOf(items));
  }

  private Expr dict() {
    List<Expr.DictLiteral.Entry> entries = new ArrayList<>();
    while (!tokens.skipOperator("}")) {
      Expr key = expression();
      tokens.expectOperator(":");
      entries.add(new Expr.DictLiteral.Entry(key, expression()));
      if (!tokens.current().isOperator("}")) {
        tokens.expectOperator(",");
      }
    }
    return new Expr.DictLiteral(List.copyOf(entries));
  }

  private Expr postfix(Expr owner) {
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
    Expr start = tokens.current().isOperator(":") ? none : expression();
    if (!tokens.skipOperator(":")) {
      return start;
    }
    Expr stop = atSlicePartEnd() ? none : expression();
    Expr step = tokens.skipOperator(":") && !atSlicePartEnd() ? expression() : none;
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
        starred = expression();
      } else if (tokens.skipOperator("**")) {
        doubleStarred = expression();
      } else if (token.kind() == Kind.NAME && tokens.lookAhead().isOperator("=")) {
        tokens.next();
        tokens.next();
        named.add(new CallArguments.Named(token.text(), expression()));
      } else if (onlyNamedAllowed) {
        throw tokens.expected("a named argument");
      } else {
        positional.add(expression());
      }
      if (!tokens.current().isOperator(")")) {
        tokens.expectOperator(",");
      }
    }
    return new CallArguments(List.copyOf(positional), List.copyOf(named), starred, doubleStarred);
  }

  private Expr filtersAndTests(Expr input) {
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
    if (!Filters.exists(name.text())) {
      unknownNames.add(new UnknownName("filter", name.text(), name.line()));
    }
    CallArguments arguments =
        tokens.current().isOperator("(") ? callArguments() : CallArguments.NONE;
    return new Expr.FilterCall(name.text(), arguments, name.line());
  }

  private Expr test(Expr subject) {
    boolean negated = tokens.skipName("not");
    Token name = tokens.expect(Kind.NAME);
    if (!Predicates.exists(name.text())) {
      unknownNames.add(new UnknownName("test", name.text(), name.line()));
    }
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
