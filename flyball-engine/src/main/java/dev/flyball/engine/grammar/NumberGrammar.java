package dev.flyball.engine.grammar;

import dev.flyball.engine.grammar.NumberRange.Limit;
import java.math.BigDecimal;
import java.util.Optional;

/** The numbers of a schema. */
final class NumberGrammar {
  private NumberGrammar() {}

  static Expression number(SchemaNode node, boolean integer, GrammarRules rules) {
    NumberRange range =
        new NumberRange(
            stricter(node, "minimum", "exclusiveMinimum", 1),
            stricter(node, "maximum", "exclusiveMaximum", -1));
    if (node.has("multipleOf")) {
      return MultipleGrammar.of(node, range, integer, rules);
    }
    NumberRange wanted = integer ? range.integers() : range;
    if (wanted.isEmpty()) {
      throw node.failure("has limits that no " + (integer ? "integer" : "number") + " is within");
    }
    if (range.min().isEmpty() && range.max().isEmpty()) {
      return integer ? JsonRules.integer() : JsonRules.number();
    }
    return integer ? wanted.integerText() : wanted.decimalText();
  }

  private static Optional<Limit> stricter(
      SchemaNode node, String inclusive, String exclusive, int sign) {
    Optional<Limit> including = node.number(inclusive).map(value -> new Limit(value, true));
    Optional<Limit> excluding = node.number(exclusive).map(value -> new Limit(value, false));
    if (including.isEmpty() || excluding.isEmpty()) {
      return including.or(() -> excluding);
    }
    BigDecimal difference = including.get().value().subtract(excluding.get().value());
    return difference.signum() * sign > 0 ? including : excluding;
  }
}
