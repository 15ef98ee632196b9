package dev.flyball.engine.template;

import dev.flyball.engine.template.Expr.ArithmeticOperator;
import dev.flyball.engine.template.Expr.ComparisonOperator;
import java.util.ArrayList;
import java.util.List;

/** The operators of expressions, by the types of their operands. */
final class Operators {
  private Operators() {}

  static Object compute(ArithmeticOperator operator, Object left, Object right, Budget budget) {
    if (Values.isNumber(left) && Values.isNumber(right)) {
      return Numbers.compute(operator, left, right);
    }
    if (operator == ArithmeticOperator.MODULO && Values.isText(left)) {
      return PercentFormat.format(Values.text(left), right, budget);
    }
    if (left instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (right instanceof Undefined undefined) {
      throw undefined.failure();
    }
    return switch (operator) {
      case ADD -> add(left, right, budget);
      case MULTIPLY ->
          Values.isInteger(left) ? repeat(right, left, budget) : repeat(left, right, budget);
      default -> throw unsupported("'" + operator.symbol() + "'", left, right);
    };
  }

  private static Object add(Object left, Object right, Budget budget) {
    if (left instanceof Markup || right instanceof Markup) {
      return addMarkup(left, right, budget);
    }
    if (left instanceof String a && right instanceof String b) {
      budget.text((long) a.length() + b.length());
      return a.concat(b);
    }
    if (left instanceof Tuple a && right instanceof Tuple b) {
      return new Tuple(joined(a.items(), b.items(), budget));
    }
    if (isPlainList(left) && isPlainList(right)) {
      return joined(Values.list(left), Values.list(right), budget);
    }
    throw unsupported("'+'", left, right);
  }

  private static Markup addMarkup(Object left, Object right, Budget budget) {
    if (!Values.isText(left) || !Values.isText(right)) {
      throw unsupported("'+'", left, right);
    }
    Markup a = Markup.escape(left, budget);
    Markup b = Markup.escape(right, budget);
    budget.text((long) a.text().length() + b.text().length());
    return new Markup(a.text() + b.text());
  }

  static boolean isPlainList(Object value) {
    return value instanceof List && !(value instanceof IntRange);
  }

  private static List<Object> joined(List<Object> left, List<Object> right, Budget budget) {
    budget.items((long) left.size() + right.size());
    List<Object> joined = new ArrayList<>(left.size() + right.size());
    joined.addAll(left);
    joined.addAll(right);
    return joined;
  }

  private static Object repeat(Object value, Object times, Budget budget) {
    if (!Values.isInteger(times)) {
      throw unsupported("'*'", value, times);
    }
    long count = (long) Math.clamp(Numbers.toDouble(times), 0, Integer.MAX_VALUE);
    return switch (value) {
      case String text -> repeat(text, count, budget);
      case Markup markup -> new Markup(repeat(markup.text(), count, budget));
      case Tuple tuple -> new Tuple(repeat(tuple.items(), count, budget));
      case List<?> list when isPlainList(list) -> repeat(Values.list(list), count, budget);
      default -> throw unsupported("'*'", value, times);
    };
  }

  private static String repeat(String text, long count, Budget budget) {
    budget.text(text.length() * count);
    return text.isEmpty() ? "" : text.repeat((int) count);
  }

  private static List<Object> repeat(List<Object> items, long count, Budget budget) {
    budget.items(items.size() * count);
    List<Object> repeated = new ArrayList<>();
    for (long i = 0; i < count && !items.isEmpty(); i++) {
      repeated.addAll(items);
    }
    return repeated;
  }

  static Object negate(Object operand) {
    return Numbers.negate(number(operand, "'-'"));
  }

  static Object plus(Object operand) {
    Object number = number(operand, "'+'");
    return number instanceof Double ? number : Numbers.integer(Numbers.bigInteger(number));
  }

  private static Object number(Object operand, String operator) {
    if (operand instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (!Values.isNumber(operand)) {
      throw Failure.render(operator + " is not for a value of type " + Values.typeName(operand));
    }
    return operand;
  }

  static boolean compare(ComparisonOperator operator, Object left, Object right, Budget budget) {
    return switch (operator) {
      case EQUAL -> ValueOrder.equal(left, right, budget);
      case NOT_EQUAL -> !ValueOrder.equal(left, right, budget);
      case IN -> ValueOrder.contains(right, left, budget);
      case NOT_IN -> !ValueOrder.contains(right, left, budget);
      case LESS -> isOrdered(left, right) && ValueOrder.compare(left, right, budget) < 0;
      case LESS_OR_EQUAL -> isOrdered(left, right) && ValueOrder.compare(left, right, budget) <= 0;
      case GREATER -> isOrdered(left, right) && ValueOrder.compare(left, right, budget) > 0;
      case GREATER_OR_EQUAL ->
          isOrdered(left, right) && ValueOrder.compare(left, right, budget) >= 0;
    };
  }

  /** Nothing is less or greater than the float that is not a number. */
  private static boolean isOrdered(Object left, Object right) {
    boolean leftIsNan = left instanceof Double a && a.isNaN();
    boolean rightIsNan = right instanceof Double b && b.isNaN();
    return !(leftIsNan && Values.isNumber(right)) && !(rightIsNan && Values.isNumber(left));
  }

  static RuntimeException unsupported(String operation, Object left, Object right) {
    if (left instanceof Undefined undefined) {
      return undefined.failure();
    }
    if (right instanceof Undefined undefined) {
      return undefined.failure();
    }
    return Failure.render(
        "there is no %s for values of type %s and %s"
            .formatted(operation, Values.typeName(left), Values.typeName(right)));
  }
}
