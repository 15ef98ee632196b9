package dev.flyball.engine.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Arrays in which no item is twice: a rule for each set of values that are left. So items have to
 * be of few constants.
 */
final class UniqueItems {
  private static final int MAX_VALUES = 8;

  private final List<Expression> values;
  private final int min;
  private final int max;
  private final GrammarRules rules;
  private final JsonRules json;
  private final List<Optional<Expression>> bySet = new ArrayList<>();

  private UniqueItems(
      List<Expression> values, int min, int max, GrammarRules rules, JsonRules json) {
    this.values = values;
    this.min = min;
    this.max = max;
    this.rules = rules;
    this.json = json;
    for (int set = 0; set < (1 << values.size()); set++) {
      bySet.add(Optional.empty());
    }
  }

  /**
   * The items between the brackets.
   *
   * @param max a count, or {@link Expression#UNLIMITED}
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where items are not of few constants,
   *     or too few for the least number of items
   */
  static Expression items(SchemaNode array, int min, int max, GrammarRules rules, JsonRules json) {
    Optional<SchemaNode> items =
        array.find("items").filter(schema -> schema.has("enum") || schema.has("const"));
    if (items.isEmpty() || array.has("prefixItems")) {
      throw refused(array);
    }
    List<Expression> values =
        SchemaLiterals.allowed(items.get()).stream()
            .map(SchemaLiterals::text)
            .distinct()
            .map(Expression::text)
            .toList();
    int most = max == Expression.UNLIMITED ? values.size() : Math.min(max, values.size());
    if (values.size() > MAX_VALUES) {
      throw refused(array);
    }
    if (min > most) {
      throw array.failure("asks for more different items than there are");
    }
    return new UniqueItems(values, min, most, rules, json).behind(0);
  }

  private static RuntimeException refused(SchemaNode array) {
    return array
        .child("uniqueItems", null)
        .failure("can be kept only for items of an enum with at most " + MAX_VALUES + " values");
  }

  /** What follows the items of a set. */
  private Expression behind(int set) {
    return bySet
        .get(set)
        .orElseGet(
            () -> {
              Expression made = rules.add("items that are left", next(set));
              bySet.set(set, Optional.of(made));
              return made;
            });
  }

  private Expression next(int set) {
    int count = Integer.bitCount(set);
    List<Expression> options = new ArrayList<>();
    if (count >= min) {
      options.add(Expression.EMPTY);
    }
    for (int i = 0; i < values.size() && count < max; i++) {
      if ((set & (1 << i)) == 0) {
        Expression item = set == 0 ? values.get(i) : json.preceded(values.get(i));
        options.add(Expression.sequence(item, behind(set | (1 << i))));
      }
    }
    return new Expression.Choice(options);
  }
}
