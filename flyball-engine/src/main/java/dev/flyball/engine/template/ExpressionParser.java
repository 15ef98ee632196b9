package dev.flyball.engine.template;

import dev.flyball.engine.template.Expr.ArithmeticOperator;
import dev.flyball.engine.template.Expr.ComparisonOperator;
import dev.flyball.engine.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions by recursive descent. From weakest to strongest: {@code if}, {@code or},
 * {@code and}, {@code not}, comparison, {@code + -}, {@code ~}, {@code * / // %}, {@code **}, sign,
 * filter and test; the operands are the {@link OperandParser}'s.
 */
final class ExpressionParser {
  private final TokenStream tokens;
  private final NamesUsed names;
  private final OperandParser operands;

  ExpressionParser(TokenStream tokens, NamesUsed names) {
    this.tokens = tokens;
    this.names = names;
    this.operands = new OperandParser(tokens, names, this);
  }

  /** An expression, or several with commas between them, which make a tuple. */
  Expr tupleOrExpression() {
    return tupleOf(this::expression, false);
  }

  /** The same without the conditional {@code a if b else c}. */
  Expr tupleOrUnconditional() {
    return tupleOf(this::or, false);
  }

  /** What stands between round brackets: an expression, or a tuple, which may be empty. */
  Expr bracketed() {
    return tupleOf(this::expression, true);
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
    int mark = names.mark();
    Expr value = or();
    while (tokens.skipName("if")) {
      Expr test = or();
      Expr otherwise = tokens.skipName("else") ? expression() : null;
      value = new Expr.Conditional(test, value, otherwise);
      names.forgiveUnknown(mark);
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
      value = operands.primary();
    }
    value = operands.postfix(value);
    tokens.leave();
    return withFilters ? operands.filtersAndTests(value) : value;
  }

  /** Name and arguments of a filter, after the bar. */
  Expr.FilterCall filterCall() {
    return operands.filterCall();
  }
}
