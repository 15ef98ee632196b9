package dev.flyball.engine.grammar;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rules of a grammar while a front end writes them: declared first, defined once later. */
final class GrammarRules {
  static final int MAX_RULES = 20_000;

  private final List<String> names = new ArrayList<>();
  private final List<Optional<Expression>> bodies = new ArrayList<>();
  private final Map<Integer, Limits> limitedStrings = new HashMap<>();
  private Optional<Expression.Call> stringRest = Optional.empty();
  private int sharedCount;

  /** A new rule without a body; its name is for messages. */
  Expression.Call declare(String name) {
    if (names.size() == MAX_RULES) {
      throw invalid("the grammar is too large: it needs more than " + MAX_RULES + " rules");
    }
    names.add(name);
    bodies.add(Optional.empty());
    return new Expression.Call(names.size() - 1);
  }

  void define(Expression.Call rule, Expression body) {
    bodies.set(rule.rule(), Optional.of(body));
  }

  Expression.Call add(String name, Expression body) {
    Expression.Call rule = declare(name);
    define(rule, body);
    return rule;
  }

  /** Least and greatest number of characters. */
  record Limits(int min, int max) {}

  /** A rule for the rest of a JSON string: so many times a rule for a character, then its end. */
  Expression.Call addLimitedString(int min, int max, Expression.Call character) {
    Expression body =
        Expression.sequence(new Expression.Repeat(character, min, max), Expression.text("\""));
    Expression.Call rule = add("the rest of a string with a length", body);
    if (max != Expression.UNLIMITED) {
      limitedStrings.put(rule.rule(), new Limits(min, max));
    }
    return rule;
  }

  /** As {@link #addLimitedString}, for strings of any length. */
  Expression.Call addString(Expression.Call character) {
    Expression body = Expression.sequence(Expression.anyNumber(character), Expression.text("\""));
    Expression.Call rule = add("the rest of a string", body);
    stringRest = Optional.of(rule);
    return rule;
  }

  Optional<Limits> limitsOf(int rule) {
    return Optional.ofNullable(limitedStrings.get(rule));
  }

  /** The rule for the rest of any JSON string. */
  Optional<Expression.Call> stringRest() {
    return stringRest;
  }

  boolean isDefined(Expression.Call rule) {
    return bodies.get(rule.rule()).isPresent();
  }

  int size() {
    return names.size();
  }

  String name(int rule) {
    return names.get(rule);
  }

  Expression body(int rule) {
    return bodies.get(rule).orElseThrow();
  }

  /** The rules behind the first are, up to here, the same in every grammar of their kind. */
  void shareSoFar() {
    sharedCount = names.size() - 1;
  }

  int sharedCount() {
    return sharedCount;
  }

  /** The failure of a grammar that cannot be used. */
  static EngineException invalid(String message) {
    return new EngineException(EngineError.INVALID_INPUT, message);
  }
}
