package dev.flyball.engine.template;

import dev.flyball.engine.template.Expr.ArithmeticOperator;
import dev.flyball.engine.template.Expr.ComparisonOperator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tests behind {@code is}. */
final class Predicates {
  /** A test. */
  interface Predicate {
    boolean holds(Object value, Arguments arguments, Rendering rendering);
  }

  /** A test of a value alone. */
  private interface Check {
    boolean holds(Object value);
  }

  private static final Map<String, Predicate> PREDICATES = new HashMap<>();

  static {
    check("defined", value -> !(value instanceof Undefined));
    check("undefined", value -> value instanceof Undefined);
    check("none", value -> value == None.NONE);
    check("boolean", value -> value instanceof Boolean);
    check("true", value -> value.equals(true));
    check("false", value -> value.equals(false));
    check("integer", value -> Values.isInteger(value) && !(value instanceof Boolean));
    check("float", value -> value instanceof Double);
    check("number", Values::isNumber);
    check("string", Values::isText);
    check("mapping", value -> value instanceof Map);
    check("sequence", Predicates::isSequence);
    check("iterable", Values::isIterable);
    check("callable", value -> value instanceof Callable || value instanceof Undefined);
    check("escaped", value -> value instanceof Markup);
    PREDICATES.put("lower", (value, a, r) -> isCase("islower", value, a, r));
    PREDICATES.put("upper", (value, a, r) -> isCase("isupper", value, a, r));
    PREDICATES.put("odd", (value, a, r) -> hasParity(value, a, r, 1L));
    PREDICATES.put("even", (value, a, r) -> hasParity(value, a, r, 0L));
    PREDICATES.put("divisibleby", (value, a, r) -> leaves(0L, value, a.bind("num").required(0), r));
    PREDICATES.put("sameas", (value, a, r) -> isSame(value, a.bind("other").required(0)));
    PREDICATES.put(
        "filter", (value, a, _) -> isName(value, a) && Filters.exists(Values.text(value)));
    PREDICATES.put("test", (value, a, _) -> isName(value, a) && exists(Values.text(value)));
    comparison(ComparisonOperator.EQUAL, "eq", "equalto", "==");
    comparison(ComparisonOperator.NOT_EQUAL, "ne", "!=");
    comparison(ComparisonOperator.LESS, "lt", "lessthan", "<");
    comparison(ComparisonOperator.LESS_OR_EQUAL, "le", "<=");
    comparison(ComparisonOperator.GREATER, "gt", "greaterthan", ">");
    comparison(ComparisonOperator.GREATER_OR_EQUAL, "ge", ">=");
    comparison(ComparisonOperator.IN, "in");
  }

  private Predicates() {}

  static boolean exists(String name) {
    return PREDICATES.containsKey(name);
  }

  static Predicate find(String name) {
    Predicate predicate = PREDICATES.get(name);
    if (predicate == null) {
      throw Failure.render("there is no test named '" + name + "'");
    }
    return predicate;
  }

  private static void check(String name, Check check) {
    PREDICATES.put(
        name,
        (value, arguments, _) -> {
          arguments.bind();
          return check.holds(value);
        });
  }

  private static void comparison(ComparisonOperator operator, String... names) {
    for (String name : names) {
      PREDICATES.put(
          name,
          (value, arguments, rendering) ->
              Operators.compare(
                  operator, value, arguments.bind("other").required(0), rendering.budget()));
    }
  }

  private static boolean isSequence(Object value) {
    return Values.isText(value)
        || value instanceof List
        || value instanceof Tuple
        || value instanceof Map
        || value instanceof Undefined;
  }

  private static boolean isCase(
      String method, Object value, Arguments arguments, Rendering rendering) {
    String text = Repr.str(value, rendering.budget());
    Object check = Lookup.attribute(text, method);
    return Values.isTrue(((Callable) check).call(arguments, rendering));
  }

  private static boolean hasParity(
      Object value, Arguments arguments, Rendering rendering, long parity) {
    arguments.bind();
    return leaves(parity, value, 2L, rendering);
  }

  private static boolean leaves(long rest, Object value, Object divisor, Rendering rendering) {
    Object remainder =
        Operators.compute(ArithmeticOperator.MODULO, value, divisor, rendering.budget());
    return ValueOrder.equal(remainder, rest, rendering.budget());
  }

  /** Identity; equal constants and short strings are the same in Python as well. */
  @SuppressWarnings("ReferenceEquality") // The test asks for just that.
  private static boolean isSame(Object value, Object other) {
    return value == other
        || (value.getClass() == other.getClass()
            && (value instanceof Boolean || value instanceof Long || value instanceof String)
            && value.equals(other));
  }

  private static boolean isName(Object value, Arguments arguments) {
    arguments.bind();
    return Values.isText(value);
  }
}
