package dev.flyball.engine.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Filters that make numbers. */
final class NumberFilters {
  static final Map<String, Filter> ALL =
      Map.of(
          "int", NumberFilters::integer,
          "float", NumberFilters::real,
          "abs", NumberFilters::absolute,
          "round", NumberFilters::round,
          "sum", NumberFilters::sum);

  private static final int MAX_DIGITS = 1200;
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*");
  private static final Pattern REAL =
      Pattern.compile("[+-]?(?:[0-9_]+\\.?[0-9_]*|\\.[0-9_]+)(?:[eE][+-]?[0-9_]+)?");

  private NumberFilters() {}

  private static Object integer(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("default", "base");
    Object otherwise = bound.value(0, 0L);
    if (input instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (!Values.isText(input)) {
      return truncated(input).orElse(otherwise);
    }
    String text = Values.text(input);
    return parseInteger(text, Math.clamp(bound.integer(1, 10), 0, 36))
        .or(() -> parseReal(text).flatMap(NumberFilters::truncated))
        .orElse(otherwise);
  }

  private static Optional<Object> truncated(Object value) {
    if (value instanceof Double number) {
      return Double.isNaN(number) || Double.isInfinite(number)
          ? Optional.empty()
          : Optional.of(Numbers.integer(new BigDecimal(number).toBigInteger()));
    }
    return Values.isInteger(value)
        ? Optional.of(Numbers.integer(Numbers.bigInteger(value)))
        : Optional.empty();
  }

  private static Optional<Object> parseInteger(String text, int base) {
    String stripped = PythonText.strip(text, true, true, PythonText::isSpace);
    if (stripped.length() > MAX_DIGITS || !INTEGER.matcher(stripped).matches()) {
      return Optional.empty();
    }
    String digits = withoutPrefix(stripped.replace("_", "").toLowerCase(Locale.ROOT), base);
    try {
      return Optional.of(Numbers.integer(new BigInteger(digits, base == 0 ? 10 : base)));
    } catch (NumberFormatException notOfThisBase) {
      return Optional.empty();
    }
  }

  private static String withoutPrefix(String digits, int base) {
    String prefix =
        switch (base) {
          case 2 -> "0b";
          case 8 -> "0o";
          case 16 -> "0x";
          default -> "";
        };
    int sign = digits.startsWith("-") || digits.startsWith("+") ? 1 : 0;
    return !prefix.isEmpty() && digits.startsWith(prefix, sign)
        ? digits.substring(0, sign) + digits.substring(sign + 2)
        : digits;
  }

  private static Object real(Object input, Arguments arguments, Rendering rendering) {
    Object otherwise = arguments.bind("default").value(0, 0.0);
    return switch (input) {
      case Undefined undefined -> throw undefined.failure();
      case String text -> parseReal(text).orElse(otherwise);
      case Markup markup -> parseReal(markup.text()).orElse(otherwise);
      default -> Values.isNumber(input) ? (Object) Numbers.toDouble(input) : otherwise;
    };
  }

  private static Optional<Object> parseReal(String text) {
    String stripped = PythonText.strip(text, true, true, PythonText::isSpace);
    if (stripped.length() <= MAX_DIGITS && REAL.matcher(stripped).matches()) {
      return Optional.of(Double.valueOf(stripped.replace("_", "")));
    }
    return switch (stripped.toLowerCase(Locale.ROOT)) {
      case "inf", "+inf", "infinity", "+infinity" -> Optional.of(Double.POSITIVE_INFINITY);
      case "-inf", "-infinity" -> Optional.of(Double.NEGATIVE_INFINITY);
      case "nan", "+nan", "-nan" -> Optional.of(Double.NaN);
      default -> Optional.empty();
    };
  }

  private static Object number(Object input, String filter) {
    if (input instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (!Values.isNumber(input)) {
      throw Failure.render(
          filter + " needs a number, not a value of type " + Values.typeName(input));
    }
    return input;
  }

  private static Object absolute(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    return Numbers.absolute(number(input, arguments.callee()));
  }

  private static Object round(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("precision", "method");
    Object number = number(input, arguments.callee());
    int places = Math.clamp(bound.integer(0, 0), -400, 400);
    double scale = Math.pow(10, places);
    return switch (bound.text(1, "common")) {
      case "common" -> Numbers.round(number, places);
      case "ceil" -> Math.ceil(Numbers.toDouble(number) * scale) / scale;
      case "floor" -> Math.floor(Numbers.toDouble(number) * scale) / scale;
      default -> throw Failure.render("filter round: the method must be common, ceil or floor");
    };
  }

  private static Object sum(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("attribute", "start");
    Budget budget = rendering.budget();
    AttributeGetter attribute = AttributeGetter.of(bound, 0, budget);
    Object sum = bound.value(1, 0L);
    if (Values.isText(sum)) {
      throw Failure.render("filter sum: strings are joined by the filter join");
    }
    Iterator<Object> items = Values.iterator(input);
    while (items.hasNext()) {
      budget.step();
      sum =
          Operators.compute(Expr.ArithmeticOperator.ADD, sum, attribute.get(items.next()), budget);
    }
    return sum;
  }
}
