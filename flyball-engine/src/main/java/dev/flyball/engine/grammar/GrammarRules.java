package dev.flyball.engine.grammar;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules of a grammar while a front end writes them: declared first, defined once later. */
final class GrammarRules {
  static final int MAX_RULES = 20_000;

  private final List<String> names = new ArrayList<>();
  private final List<Optional<Expression>> bodies = new ArrayList<>();
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
