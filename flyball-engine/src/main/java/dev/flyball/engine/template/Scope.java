package dev.flyball.engine.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Variables of a part of a template. Assignments stay in it; what it does not have is looked for in
 * the part around it.
 */
final class Scope {
  private final @Nullable Scope outer;
  private final Map<Object, Object> variables;

  private Scope(@Nullable Scope outer, Map<Object, Object> variables) {
    this.outer = outer;
    this.variables = variables;
  }

  /** A scope around all others, whose variables are never assigned to. */
  static Scope of(Map<Object, Object> variables) {
    return new Scope(null, variables);
  }

  Scope inner() {
    return inner(new HashMap<>(4));
  }

  Scope inner(Map<Object, Object> innerVariables) {
    return new Scope(this, innerVariables);
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Object value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return Undefined.variable(name);
  }
}
