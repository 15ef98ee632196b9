package dev.flyball.engine.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression of a template. Lines are those of the source, for error messages. */
sealed interface Expr {
  /** A value written in the source: String, Long, BigInteger, Double, Boolean or {@link None}. */
  record Literal(Object value) implements Expr {}

  record Name(String name) implements Expr {}

  record TupleLiteral(List<Expr> items) implements Expr {}

  record ListLiteral(List<Expr> items) implements Expr {}

  record DictLiteral(List<Entry> entries) implements Expr {
    record Entry(Expr key, Expr value) {}
  }

  /** {@code owner.name}: the attribute before the item. */
  record Attribute(Expr owner, String name, int line) implements Expr {}

  /** {@code owner[key]}: the item before the attribute. */
  record Subscript(Expr owner, Expr key, int line) implements Expr {}

  /** {@code start:stop:step} between brackets; what is left out is {@link None}. */
  record SliceLiteral(Expr start, Expr stop, Expr step) implements Expr {}

  record Call(Expr callee, CallArguments arguments, int line) implements Expr {}

  record Filtered(Expr input, FilterCall filter) implements Expr {}

  record Tested(Expr subject, String test, CallArguments arguments, int line) implements Expr {}

  record Not(Expr operand) implements Expr {}

  record Negative(Expr operand, int line) implements Expr {}

  record Positive(Expr operand, int line) implements Expr {}

  record Arithmetic(ArithmeticOperator operator, Expr left, Expr right, int line) implements Expr {}

  /** {@code a ~ b ~ c}: the operands as text, joined. */
  record Concatenation(List<Expr> operands) implements Expr {}

  /** {@code first < b <= c}: holds where every neighbouring pair holds. */
  record Comparison(Expr first, List<Step> steps, int line) implements Expr {
    record Step(ComparisonOperator operator, Expr operand) {}
  }

  record And(Expr left, Expr right) implements Expr {}

  record Or(Expr left, Expr right) implements Expr {}

  /** {@code then if test else otherwise}; undefined where there is no otherwise. */
  record Conditional(Expr test, Expr then, @Nullable Expr otherwise) implements Expr {}

  /** The name and arguments of a filter, without its input. */
  record FilterCall(String name, CallArguments arguments, int line) {}

  /** Arguments as written: {@code f(positional, name=value, *starred, **doubleStarred)}. */
  record CallArguments(
      List<Expr> positional,
      List<Named> named,
      @Nullable Expr starred,
      @Nullable Expr doubleStarred) {
    static final CallArguments NONE = new CallArguments(List.of(), List.of(), null, null);

    record Named(String name, Expr value) {}
  }

  /** {@code + - * / // % **}. */
  enum ArithmeticOperator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    FLOOR_DIVIDE("//"),
    MODULO("%"),
    POWER("**");

    private final String symbol;

    ArithmeticOperator(String symbol) {
      this.symbol = symbol;
    }

    String symbol() {
      return symbol;
    }
  }

  /** {@code == != < <= > >= in}, {@code not in}. */
  enum ComparisonOperator {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    IN,
    NOT_IN
  }
}
