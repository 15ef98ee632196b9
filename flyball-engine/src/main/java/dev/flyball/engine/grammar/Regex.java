package dev.flyball.engine.grammar;

import java.util.List;

/** A regular expression that was read: alternatives that may be bound to the text's ends. */
record Regex(List<Alternative> alternatives) {
  /**
   * One alternative.
   *
   * @param fromStart whether it begins with {@code ^}
   * @param toEnd whether it ends with {@code $}
   */
  record Alternative(Expression body, boolean fromStart, boolean toEnd) {}

  Regex {
    alternatives = List.copyOf(alternatives);
  }

  /** The texts that match as a whole. */
  Expression whole() {
    return new Expression.Choice(alternatives.stream().map(Alternative::body).toList());
  }

  /** The texts in which a match is found. */
  Expression somewhere() {
    Expression anything = Expression.anyNumber(new Expression.OneOf(CodePointSet.ALL));
    return new Expression.Choice(
        alternatives.stream()
            .map(
                alternative ->
                    Expression.sequence(
                        alternative.fromStart ? Expression.EMPTY : anything,
                        alternative.body,
                        alternative.toEnd ? Expression.EMPTY : anything))
            .toList());
  }
}
