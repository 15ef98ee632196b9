package dev.flyball.engine.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The multiples of a number between two limits. Few are written one by one. Of many, those of an
 * integer are texts of digits that are read along with their remainder; those of a negative power
 * of ten have so many digits behind the point.
 */
final class MultipleGrammar implements NumberRange.LastDigits {
  /** So many multiples are few. */
  private static final int MAX_LISTED = 1_000;

  /** A rule is needed for each remainder and number of digits. */
  private static final int MAX_DIVISOR = 100;

  private final SchemaNode node;
  private final GrammarRules rules;
  private final BigDecimal step;
  private final Map<List<Integer>, Expression> rests = new HashMap<>();

  private MultipleGrammar(SchemaNode node, GrammarRules rules, BigDecimal step) {
    this.node = node;
    this.rules = rules;
    this.step = step;
  }

  /**
   * The texts of the multiples of {@code multipleOf}.
   *
   * @param range within which they are
   * @param integer whether only integers are wanted
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where there are none, or the limits
   *     and the divisor are beyond what can be written
   */
  static Expression of(SchemaNode node, NumberRange range, boolean integer, GrammarRules rules) {
    BigDecimal step = node.number("multipleOf").orElseThrow();
    if (step.signum() <= 0) {
      throw node.child("multipleOf", null).failure("must be above 0");
    }
    BigDecimal wanted = integer ? wholeMultiple(step) : step;
    return new MultipleGrammar(node, rules, wanted).within(range);
  }

  /** The least integer that is a multiple. */
  private static BigDecimal wholeMultiple(BigDecimal step) {
    BigInteger unscaled = step.unscaledValue();
    if (step.scale() <= 0) {
      return step;
    }
    BigInteger scale = BigInteger.TEN.pow(step.scale());
    return new BigDecimal(unscaled.divide(unscaled.gcd(scale)));
  }

  private Expression within(NumberRange range) {
    NumberRange steps = range.dividedBy(step).integers();
    if (steps.isEmpty()) {
      throw node.failure("has limits that no multiple of its multipleOf is within");
    }
    if (steps.count().filter(n -> n.compareTo(BigInteger.valueOf(MAX_LISTED)) <= 0).isPresent()) {
      return listed(steps);
    }
    if (step.compareTo(BigDecimal.ONE) == 0) {
      return range.integers().integerText();
    }
    boolean unlimited = range.min().isEmpty() && range.max().isEmpty();
    if (unlimited && step.unscaledValue().equals(BigInteger.ONE) && step.scale() > 0) {
      Expression digits = new Expression.Repeat(Expression.range('0', '9'), 1, step.scale());
      return Expression.sequence(
          JsonRules.integer(),
          Expression.optional(Expression.sequence(Expression.text("."), digits)));
    }
    if (step.scale() <= 0 && step.compareTo(BigDecimal.valueOf(MAX_DIVISOR)) <= 0) {
      return range.integers().integerText(this);
    }
    throw node.child("multipleOf", null)
        .failure(
            "can be an integer up to %d, a negative power of ten (0.01) without limits, or any number of which at most %d multiples are within the limits"
                .formatted(MAX_DIVISOR, MAX_LISTED));
  }

  private Expression listed(NumberRange steps) {
    List<Expression> texts = new ArrayList<>();
    BigInteger last = steps.max().orElseThrow().value().toBigInteger();
    BigInteger next = steps.min().orElseThrow().value().toBigInteger();
    for (; next.compareTo(last) <= 0; next = next.add(BigInteger.ONE)) {
      BigDecimal multiple = step.multiply(new BigDecimal(next)).stripTrailingZeros();
      texts.add(Expression.text(multiple.toPlainString()));
    }
    return new Expression.Choice(texts);
  }

  @Override
  public Expression from(String before, char first, char last, int more) {
    return from(remainder(before), first - '0', last - '0', more);
  }

  @Override
  public Expression end(String all) {
    return rest(remainder(all), 0);
  }

  private int remainder(String digits) {
    return new BigInteger("0" + digits).mod(step.toBigInteger()).intValueExact();
  }

  private Expression from(int remainder, int first, int last, int more) {
    int divisor = step.intValueExact();
    List<Expression> options = new ArrayList<>();
    for (int digit = first; digit <= last; digit++) {
      Expression rest = rest((remainder * 10 + digit) % divisor, more);
      if (!rest.equals(Expression.NEVER)) {
        options.add(Expression.sequence(Expression.text(Integer.toString(digit)), rest));
      }
    }
    return Expression.possible(options);
  }

  /** So many digits that make a multiple of what has this remainder before them. */
  private Expression rest(int remainder, int count) {
    if (count == 0) {
      return remainder == 0 ? Expression.EMPTY : Expression.NEVER;
    }
    List<Integer> key = List.of(remainder, count);
    Expression known = rests.get(key);
    if (known != null) {
      return known;
    }
    Expression digits = from(remainder, 0, 9, count - 1);
    Expression made = digits.equals(Expression.NEVER) ? digits : rules.add("a multiple", digits);
    rests.put(key, made);
    return made;
  }
}
