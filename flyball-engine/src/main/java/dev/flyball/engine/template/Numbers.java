package dev.flyball.engine.template;

import dev.flyball.engine.template.Expr.ArithmeticOperator;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * Arithmetic as Python's: integers do not overflow, {@code /} always gives a float, {@code //} and
 * {@code %} round towards minus infinity, and true counts as 1.
 */
final class Numbers {
  private static final int MAX_BITS = 4096;

  private Numbers() {}

  /** The value of an integer: a Long where it fits. */
  static Object integer(BigInteger number) {
    if (number.bitLength() < Long.SIZE) {
      return number.longValue();
    }
    if (number.bitLength() > MAX_BITS) {
      throw Failure.render("an integer goes beyond the limit of " + MAX_BITS + " bits");
    }
    return number;
  }

  static BigInteger bigInteger(Object number) {
    return number instanceof BigInteger big ? big : BigInteger.valueOf(longValue(number));
  }

  private static long longValue(Object number) {
    return number instanceof Boolean truth ? (truth ? 1 : 0) : (Long) number;
  }

  static double toDouble(Object number) {
    return switch (number) {
      case Double value -> value;
      case BigInteger value -> value.doubleValue();
      default -> (double) longValue(number);
    };
  }

  static int compare(Object left, Object right) {
    if (Values.isInteger(left) && Values.isInteger(right)) {
      return bigInteger(left).compareTo(bigInteger(right));
    }
    double a = toDouble(left);
    double b = toDouble(right);
    return a < b ? -1 : a > b ? 1 : 0;
  }

  static boolean equal(Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return a.longValue() == b.longValue();
    }
    if (Values.isInteger(left) && Values.isInteger(right)) {
      return bigInteger(left).equals(bigInteger(right));
    }
    return toDouble(left) == toDouble(right);
  }

  static Object negate(Object number) {
    return number instanceof Double value
        ? (Object) (-value)
        : integer(bigInteger(number).negate());
  }

  static Object absolute(Object number) {
    return number instanceof Double value
        ? (Object) Math.abs(value)
        : integer(bigInteger(number).abs());
  }

  static Object compute(ArithmeticOperator operator, Object left, Object right) {
    if (left instanceof Double || right instanceof Double) {
      return ofDoubles(operator, toDouble(left), toDouble(right));
    }
    if (left instanceof BigInteger || right instanceof BigInteger) {
      return ofBigIntegers(operator, bigInteger(left), bigInteger(right));
    }
    return ofLongs(operator, longValue(left), longValue(right));
  }

  private static Object ofLongs(ArithmeticOperator operator, long left, long right) {
    boolean small = Math.abs(left) < 1L << 31 && Math.abs(right) < 1L << 31;
    if (!small || operator == ArithmeticOperator.POWER || operator == ArithmeticOperator.DIVIDE) {
      return ofBigIntegers(operator, BigInteger.valueOf(left), BigInteger.valueOf(right));
    }
    return switch (operator) {
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case MULTIPLY -> left * right;
      case FLOOR_DIVIDE -> Math.floorDiv(left, nonZero(right));
      case MODULO -> Math.floorMod(left, nonZero(right));
      case DIVIDE, POWER -> throw new AssertionError(operator);
    };
  }

  private static long nonZero(long divisor) {
    if (divisor == 0) {
      throw divisionByZero();
    }
    return divisor;
  }

  private static RuntimeException divisionByZero() {
    return Failure.render("division by zero");
  }

  private static Object ofBigIntegers(
      ArithmeticOperator operator, BigInteger left, BigInteger right) {
    return switch (operator) {
      case ADD -> integer(left.add(right));
      case SUBTRACT -> integer(left.subtract(right));
      case MULTIPLY -> integer(left.multiply(right));
      case DIVIDE -> ofDoubles(operator, left.doubleValue(), right.doubleValue());
      case FLOOR_DIVIDE -> integer(floorDivide(left, right)[0]);
      case MODULO -> integer(floorDivide(left, right)[1]);
      case POWER -> power(left, right);
    };
  }

  /** Quotient and remainder; the remainder has the divisor's sign. */
  private static BigInteger[] floorDivide(BigInteger left, BigInteger right) {
    if (right.signum() == 0) {
      throw divisionByZero();
    }
    BigInteger[] result = left.divideAndRemainder(right);
    if (result[1].signum() * right.signum() < 0) {
      result[0] = result[0].subtract(BigInteger.ONE);
      result[1] = result[1].add(right);
    }
    return result;
  }

  private static Object power(BigInteger base, BigInteger exponent) {
    if (exponent.signum() < 0) {
      return ofDoubles(ArithmeticOperator.POWER, base.doubleValue(), exponent.doubleValue());
    }
    boolean tiny = base.bitLength() <= 1 && base.signum() >= 0;
    if (tiny) {
      return exponent.signum() == 0 ? 1L : integer(base);
    }
    double bits = Math.max(base.bitLength() - 1, 1) * exponent.doubleValue();
    if (bits > MAX_BITS) {
      throw Failure.render("an integer goes beyond the limit of " + MAX_BITS + " bits");
    }
    return integer(base.pow(exponent.intValueExact()));
  }

  private static Object ofDoubles(ArithmeticOperator operator, double left, double right) {
    return switch (operator) {
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case MULTIPLY -> left * right;
      case DIVIDE -> left / nonZero(right);
      case FLOOR_DIVIDE -> floorDivide(left, right);
      case MODULO -> floorModulo(left, right);
      case POWER -> power(left, right);
    };
  }

  private static double nonZero(double divisor) {
    if (divisor == 0) {
      throw divisionByZero();
    }
    return divisor;
  }

  private static double floorModulo(double left, double right) {
    double remainder = left % nonZero(right);
    if (remainder == 0) {
      return Math.copySign(0, right);
    }
    return (remainder < 0) != (right < 0) ? remainder + right : remainder;
  }

  private static double floorDivide(double left, double right) {
    double quotient = Math.rint((left - floorModulo(left, right)) / right);
    return quotient == 0 ? Math.copySign(0, left / right) : quotient;
  }

  private static double power(double base, double exponent) {
    double power = Math.pow(base, exponent);
    if (base == 0 && exponent < 0) {
      throw divisionByZero();
    }
    if (Double.isNaN(power) && !Double.isNaN(base) && !Double.isNaN(exponent)) {
      throw Failure.render("the power of a negative number is no real number");
    }
    return power;
  }

  /** Rounds half to even at a number of decimal places, as {@code round()} does. */
  static Object round(Object number, int places) {
    if (number instanceof Double value) {
      boolean finite = !Double.isNaN(value) && !Double.isInfinite(value);
      return finite && places < 400
          ? (Object) new BigDecimal(value).setScale(places, RoundingMode.HALF_EVEN).doubleValue()
          : value;
    }
    BigDecimal rounded = new BigDecimal(bigInteger(number));
    return places >= 0
        ? integer(rounded.toBigInteger())
        : integer(rounded.setScale(places, RoundingMode.HALF_EVEN).toBigInteger());
  }

  /** The shortest text that reads back as the same float, in Python's layout. */
  static String repr(double number) {
    if (Double.isNaN(number)) {
      return "nan";
    }
    String sign = Math.copySign(1, number) < 0 ? "-" : "";
    if (Double.isInfinite(number)) {
      return sign + "inf";
    }
    if (number == 0) {
      return sign + "0.0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      return sign + shortest.setScale(Math.max(shortest.scale(), 1)).toPlainString();
    }
    String digits = shortest.unscaledValue().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return "%s%se%s%02d".formatted(sign, mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }
}
