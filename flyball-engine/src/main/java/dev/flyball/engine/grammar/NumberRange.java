package dev.flyball.engine.grammar;

import static dev.flyball.engine.grammar.Expression.choice;
import static dev.flyball.engine.grammar.Expression.optional;
import static dev.flyball.engine.grammar.Expression.range;
import static dev.flyball.engine.grammar.Expression.sequence;
import static dev.flyball.engine.grammar.Expression.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Numbers between two limits, in plain decimal notation without an exponent.
 *
 * @param min the lower limit
 * @param max the upper limit
 */
record NumberRange(Optional<Limit> min, Optional<Limit> max) {
  /** A limit, and whether it is in the range itself. */
  record Limit(BigDecimal value, boolean inclusive) {
    Limit negated() {
      return new Limit(value.negate(), inclusive);
    }
  }

  private static final Expression DIGITS =
      new Expression.Repeat(range('0', '9'), 0, JsonRules.MAX_DIGITS);
  private static final LastDigits ANY_DIGITS =
      new LastDigits() {
        @Override
        public Expression from(String before, char first, char last, int more) {
          return first > last
              ? Expression.NEVER
              : sequence(range(first, last), new Expression.Repeat(range('0', '9'), more, more));
        }

        @Override
        public Expression end(String all) {
          return Expression.EMPTY;
        }
      };
  private static final Limit ZERO = new Limit(BigDecimal.ZERO, true);

  boolean isEmpty() {
    if (min.isEmpty() || max.isEmpty()) {
      return false;
    }
    int order = min.get().value.compareTo(max.get().value);
    return order > 0 || (order == 0 && !(min.get().inclusive && max.get().inclusive));
  }

  /** What numbers of the range are as multiples of another, which is above zero. */
  NumberRange dividedBy(BigDecimal step) {
    return new NumberRange(
        min.map(limit -> divided(limit, step, RoundingMode.FLOOR)),
        max.map(limit -> divided(limit, step, RoundingMode.CEILING)));
  }

  /** Where the quotient is no integer, the next one outside, which is then not in the range. */
  private static Limit divided(Limit limit, BigDecimal step, RoundingMode outward) {
    BigDecimal[] parts = limit.value.divideAndRemainder(step);
    boolean exact = parts[1].signum() == 0;
    int down = limit.value.signum() < 0 ? -1 : 0;
    BigDecimal floor = exact ? parts[0] : parts[0].add(BigDecimal.valueOf(down));
    BigDecimal outside = exact || outward == RoundingMode.FLOOR ? floor : floor.add(BigDecimal.ONE);
    return new Limit(outside, exact && limit.inclusive);
  }

  /** How many integers it has, where both limits are inclusive integers; nothing: no end. */
  Optional<BigInteger> count() {
    return min.flatMap(
        low -> max.map(high -> high.value.subtract(low.value).toBigInteger().add(BigInteger.ONE)));
  }

  /** The integers of the range. */
  NumberRange integers() {
    return new NumberRange(
        min.map(limit -> inward(limit, RoundingMode.CEILING, BigDecimal.ONE)),
        max.map(limit -> inward(limit, RoundingMode.FLOOR, BigDecimal.ONE.negate())));
  }

  private static Limit inward(Limit limit, RoundingMode rounding, BigDecimal step) {
    BigDecimal rounded = limit.value.setScale(0, rounding);
    boolean excluded = !limit.inclusive && rounded.compareTo(limit.value) == 0;
    return new Limit(excluded ? rounded.add(step) : rounded, true);
  }

  /** The texts of its integers. Both limits must be integers and inclusive. */
  Expression integerText() {
    return integerText(ANY_DIGITS);
  }

  /** What the last digits of an integer may be, where the limits leave them free. */
  interface LastDigits {
    /** A digit between two, and so many further ones, behind the first digits of an integer. */
    Expression from(String before, char first, char last, int more);

    /** Nothing more, or never, behind all digits of an integer. */
    Expression end(String all);
  }

  /** As {@link #integerText()}, but only with such last digits. */
  Expression integerText(LastDigits digits) {
    return signed(
        (low, high) -> {
          BigInteger from = low.value.toBigInteger();
          BigInteger to = high.map(limit -> limit.value.toBigInteger()).orElse(nines(from));
          return integers(from, to, digits);
        });
  }

  /** The texts of its numbers. */
  Expression decimalText() {
    return signed(NumberRange::unsignedDecimal);
  }

  private interface Unsigned {
    Expression between(Limit low, Optional<Limit> high);
  }

  /** Numbers without a sign, and the mirror of those below zero with one. */
  private Expression signed(Unsigned unsigned) {
    List<Expression> options = new ArrayList<>();
    if (max.isEmpty() || max.get().value.signum() >= 0) {
      Limit low = min.filter(limit -> limit.value.signum() >= 0).orElse(ZERO);
      options.add(unsigned.between(low, max));
    }
    if (min.isEmpty() || min.get().value.signum() < 0) {
      Limit low = max.map(Limit::negated).filter(limit -> limit.value.signum() >= 0).orElse(ZERO);
      Expression mirror = unsigned.between(low, min.map(Limit::negated));
      options.add(sequence(text("-"), mirror));
    }
    return new Expression.Choice(options);
  }

  /** The greatest number that is written where no limit is given. */
  private static BigInteger nines(BigInteger least) {
    int digits = Math.max(JsonRules.MAX_DIGITS, least.toString().length() + 1);
    return BigInteger.TEN.pow(digits).subtract(BigInteger.ONE);
  }

  private static Expression integers(BigInteger low, BigInteger high) {
    return integers(low, high, ANY_DIGITS);
  }

  private static Expression integers(BigInteger low, BigInteger high, LastDigits digits) {
    List<Expression> options = new ArrayList<>();
    for (int length = low.toString().length(); length <= high.toString().length(); length++) {
      BigInteger least = length == 1 ? BigInteger.ZERO : BigInteger.TEN.pow(length - 1);
      BigInteger most = BigInteger.TEN.pow(length).subtract(BigInteger.ONE);
      BigInteger from = low.max(least);
      BigInteger to = high.min(most);
      if (from.compareTo(to) <= 0) {
        options.add(sameLength("", from.toString(), to.toString(), digits));
      }
    }
    return Expression.possible(options);
  }

  private static Expression sameLength(String before, String low, String high, LastDigits digits) {
    int length = low.length();
    if (length == 0) {
      return digits.end(before);
    }
    if (low.equals("0".repeat(length)) && high.equals("9".repeat(length))) {
      return digits.from(before, '0', '9', length - 1);
    }
    char first = low.charAt(0);
    char last = high.charAt(0);
    String lowRest = low.substring(1);
    String highRest = high.substring(1);
    if (first == last) {
      return behind(first, sameLength(before + first, lowRest, highRest, digits));
    }
    int rest = lowRest.length();
    return Expression.possible(
        List.of(
            behind(first, sameLength(before + first, lowRest, "9".repeat(rest), digits)),
            digits.from(before, (char) (first + 1), (char) (last - 1), rest),
            behind(last, sameLength(before + last, "0".repeat(rest), highRest, digits))));
  }

  private static Expression behind(char digit, Expression rest) {
    return rest.equals(Expression.NEVER) ? rest : sequence(range(digit, digit), rest);
  }

  private static Expression unsignedDecimal(Limit low, Optional<Limit> high) {
    BigInteger from = low.value.toBigInteger();
    String lowFraction = fractionOf(low.value);
    Expression atFrom = text(from.toString());
    Expression above = sequence(atFrom, fractionAbove(lowFraction, low.inclusive));
    if (high.isEmpty()) {
      Expression greater = integers(from.add(BigInteger.ONE), nines(from));
      return choice(above, sequence(greater, optional(JsonRules.fraction())));
    }
    BigInteger to = high.get().value.toBigInteger();
    String highFraction = fractionOf(high.get().value);
    boolean highInclusive = high.get().inclusive;
    if (from.equals(to)) {
      return sequence(
          atFrom, fractionBetween(lowFraction, highFraction, low.inclusive, highInclusive));
    }
    Expression between = integers(from.add(BigInteger.ONE), to.subtract(BigInteger.ONE));
    return choice(
        above,
        sequence(between, optional(JsonRules.fraction())),
        sequence(text(to.toString()), fractionBelow(highFraction, highInclusive)));
  }

  /** The digits behind the point, without zeros at the end. */
  private static String fractionOf(BigDecimal value) {
    String plain = value.stripTrailingZeros().toPlainString();
    int point = plain.indexOf('.');
    return point < 0 ? "" : plain.substring(point + 1);
  }

  private static String trimmed(String digits) {
    return digits.replaceAll("0+$", "");
  }

  private static Expression fractionAbove(String digits, boolean inclusive) {
    Expression withPoint = sequence(text("."), digitsAbove(digits, inclusive));
    return digits.isEmpty() && inclusive ? optional(JsonRules.fraction()) : withPoint;
  }

  /** Digits that are, as a fraction, above some others (which may be empty: zero). */
  private static Expression digitsAbove(String digits, boolean inclusive) {
    if (digits.isEmpty()) {
      return inclusive
          ? DIGITS
          : sequence(
              new Expression.Repeat(text("0"), 0, JsonRules.MAX_DIGITS), range('1', '9'), DIGITS);
    }
    char first = digits.charAt(0);
    return choice(
        sequence(range(first + 1, '9'), DIGITS),
        sequence(range(first, first), digitsAbove(digits.substring(1), inclusive)));
  }

  private static Expression fractionBelow(String digits, boolean inclusive) {
    if (digits.isEmpty()) {
      return inclusive ? optional(sequence(text(".0"), zeros())) : Expression.NEVER;
    }
    return optional(sequence(text("."), firstDigitBelow(digits, inclusive)));
  }

  private static Expression firstDigitBelow(String digits, boolean inclusive) {
    char first = digits.charAt(0);
    return choice(
        sequence(range('0', first - 1), DIGITS),
        sequence(range(first, first), digitsBelow(digits.substring(1), inclusive)));
  }

  /** Digits, possibly none, that are below some others without zeros at their end. */
  private static Expression digitsBelow(String digits, boolean inclusive) {
    if (digits.isEmpty()) {
      return inclusive ? zeros() : Expression.NEVER;
    }
    return optional(firstDigitBelow(digits, inclusive));
  }

  private static Expression zeros() {
    return new Expression.Repeat(text("0"), 0, JsonRules.MAX_DIGITS);
  }

  private static Expression fractionBetween(
      String low, String high, boolean lowInclusive, boolean highInclusive) {
    int length = Math.max(low.length(), high.length());
    Between between = new Between(lowInclusive, highInclusive);
    String lowDigits = low + "0".repeat(length - low.length());
    String highDigits = high + "0".repeat(length - high.length());
    if (length == 0) {
      return lowInclusive && highInclusive
          ? optional(sequence(text(".0"), zeros()))
          : Expression.NEVER;
    }
    Expression fraction = sequence(text("."), between.firstDigit(lowDigits, highDigits));
    return between.mayEnd(lowDigits, highDigits) ? optional(fraction) : fraction;
  }

  /** Fractions between two of the same number of digits. */
  private record Between(boolean lowInclusive, boolean highInclusive) {
    /** Whether zeros, or nothing, may follow what both have in common. */
    boolean mayEnd(String low, String high) {
      return trimmed(low).isEmpty() && lowInclusive && (highInclusive || !trimmed(high).isEmpty());
    }

    Expression digits(String low, String high) {
      if (low.isEmpty()) {
        return lowInclusive && highInclusive ? zeros() : Expression.NEVER;
      }
      Expression more = firstDigit(low, high);
      return mayEnd(low, high) ? optional(more) : more;
    }

    Expression firstDigit(String low, String high) {
      char first = low.charAt(0);
      char last = high.charAt(0);
      String lowRest = low.substring(1);
      String highRest = high.substring(1);
      if (first == last) {
        return sequence(range(first, first), digits(lowRest, highRest));
      }
      return choice(
          sequence(range(first, first), digitsAbove(trimmed(lowRest), lowInclusive)),
          sequence(range(first + 1, last - 1), DIGITS),
          sequence(range(last, last), digitsBelow(trimmed(highRest), highInclusive)));
    }
  }
}
